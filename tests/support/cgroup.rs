//! A control group of the test's own, which holds what is started in it to so much memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A group. It goes with this, once nothing runs in it any more.
pub struct Cgroup {
    dir: PathBuf,
    knobs: Knobs,
}

/// Names of files in a version of control groups.
#[derive(Clone, Copy)]
struct Knobs {
    memory: &'static str,
    /// Memory and swap, or swap alone: nothing is to escape there.
    swap: &'static str,
    no_swap: Option<&'static str>,
    peak: &'static str,
}

const V1: Knobs = Knobs {
    memory: "memory.limit_in_bytes",
    swap: "memory.memsw.limit_in_bytes",
    no_swap: None,
    peak: "memory.max_usage_in_bytes",
};
const V2: Knobs = Knobs {
    memory: "memory.max",
    swap: "memory.swap.max",
    no_swap: Some("0"),
    peak: "memory.peak",
};

impl Cgroup {
    /// A group without a limit yet; `None` where this machine has none for us.
    pub fn new() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        let mut mounts = mounts.lines().filter_map(|line| {
            let fields: Vec<_> = line.split(' ').collect();
            let [_, at, kind, options, ..] = fields.as_slice() else {
                return None;
            };
            let has_memory = options.split(',').any(|option| option == "memory");
            match *kind {
                "cgroup" if has_memory => Some((Path::new(*at).to_owned(), V1)),
                "cgroup2" => Some((Path::new(*at).to_owned(), V2)),
                _ => None,
            }
        });
        mounts.find_map(|(root, knobs)| Self::under(&root, knobs))
    }

    /// From now on it is given no more than so many bytes.
    pub fn limit(&self, bytes: u64) {
        let bytes = bytes.to_string();
        let set = |file: &str, text: &str| fs::write(self.dir.join(file), text);
        set(self.knobs.memory, &bytes).expect("our own group");
        // A kernel need not count swap, or have any.
        let _ = set(self.knobs.swap, self.knobs.no_swap.unwrap_or(&bytes));
    }

    /// The most bytes that it has had; `None` where the kernel does not tell.
    pub fn peak(&self) -> Option<u64> {
        let peak = fs::read_to_string(self.dir.join(self.knobs.peak)).ok()?;
        peak.trim().parse().ok()
    }

    /// The shell script that runs `"$@"` in it.
    pub fn script(&self) -> String {
        let procs = self.dir.join("cgroup.procs").display().to_string();
        format!("echo $$ >'{procs}' && exec \"$@\"")
    }

    fn under(root: &Path, knobs: Knobs) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("check-tcp-test-{}-{number}", std::process::id());
        // Of version 2, a group's parent must hand memory down; the root of all may.
        let _ = fs::write(root.join("cgroup.subtree_control"), "+memory");
        let dir = root.join(name);
        fs::create_dir(&dir).ok()?;
        let group = Self { dir, knobs };
        let is_writable = |file: &str| {
            let mut options = fs::File::options();
            options.write(true).open(group.dir.join(file)).is_ok()
        };
        let works = is_writable(knobs.memory) && is_writable("cgroup.procs");
        works.then_some(group)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.dir); // in vain where something still runs in it
    }
}
