# Types a command line into bash and presses the tab and the enter key. Prints what the completion function
# offered; where it offered nothing, the last word of the command that readline made of the line, if it is
# another one than was typed.
#
#     readline.py COMPLETIONS LINE
import os
import pty
import shlex
import sys
import tempfile

completions, line = sys.argv[1:]
names = "check-tcp check_simap check_clamd"
offered, command = os.pipe(), os.pipe()

rc = f"""
source {shlex.quote(completions)}
offer() {{ _check_tcp "$@"; printf '%s\\n' "${{COMPREPLY[@]}}" >&{offered[1]}; }}
complete -F offer {names}
for name in {names}; do
    eval "$name() {{ printf '%s' \\"\\${{@: -1}}\\" >&{command[1]}; exit; }}"
done
bind 'set completion-query-items 0'
bind 'set page-completions off'
PS1=ready
"""
with tempfile.NamedTemporaryFile("w") as file:
    file.write(rc)
    file.flush()
    child, terminal = pty.fork()
    if child == 0:
        for pipe in offered, command:
            os.set_inheritable(pipe[1], True)
        os.environ.update(INPUTRC="/dev/null", TERM="dumb")
        os.execvp("bash", ["bash", "--noprofile", "--rcfile", file.name, "-i"])
    for pipe in offered, command:
        os.close(pipe[1])
    shown = b""
    while b"ready" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, line.encode() + b"\t\n")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:  # The shell has ended.
        pass
    os.waitpid(child, 0)

words = os.read(offered[0], 1 << 16).decode().split("\n")
words = [word for word in words if word]
last = os.read(command[0], 1 << 16).decode()
# A quote may be open.
quote = '"' if line.count('"') % 2 else ""
if not words and last != shlex.split(line + quote)[-1]:
    words = [last]
print("\n".join(words))
