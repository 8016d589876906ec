//! Validates JSON against `docs/check-tcp.schema.json`, by the keywords that are in use there.
//!
//! A validator of all of JSON Schema would bring some forty crates, which take two minutes to
//! build.

use regex::Regex;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::{self, Display};
use std::sync::LazyLock;

/// The schema of an object of `--format json`.
pub static OBJECT: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(include_str!("../../docs/check-tcp.schema.json")));

/// A JSON Schema, its annotations left out and its references replaced by what they refer to.
pub struct Schema {
    root: Value,
    patterns: HashMap<String, Regex>,
}

impl Schema {
    /// Reads a schema. Panics where it has a keyword that this validator does not know.
    pub fn new(text: &str) -> Self {
        let written: Value = serde_json::from_str(text).expect("the schema is JSON");
        let mut patterns = HashMap::new();
        let root = prepare(&written, &written, &mut patterns);
        Self { root, patterns }
    }

    /// Checks a value.
    ///
    /// # Errors
    /// The path to the first violation, and what is wrong there.
    pub fn validate(&self, value: &Value) -> Result<(), String> {
        self.check(&self.root, value).map_err(|e| e.to_string())
    }

    fn check<'a>(&'a self, schema: &'a Value, value: &'a Value) -> Result<(), Violation<'a>> {
        if *schema == Value::Bool(false) {
            return Err(Violation::new(value, "schema", schema));
        }
        for (keyword, rule) in schema.as_object().into_iter().flatten() {
            match keyword.as_str() {
                "allOf" => items(rule)
                    .iter()
                    .try_for_each(|schema| self.check(schema, value))?,
                "oneOf" => self.one_of(rule, value)?,
                "properties" => self.children(value, |key| rule.get(key))?,
                "items" => {
                    let items = value.as_array().into_iter().flatten();
                    items
                        .into_iter()
                        .try_for_each(|item| self.check(rule, item))?;
                }
                "additionalProperties" => {
                    let named = |key: &str| schema.get("properties")?.get(key);
                    self.children(value, |key| named(key).is_none().then_some(rule))?;
                }
                name if self.holds(name, rule, value) => {}
                name => return Err(Violation::new(value, name, rule)),
            }
        }
        Ok(())
    }

    /// A keyword that looks at the value itself.
    fn holds(&self, keyword: &str, rule: &Value, value: &Value) -> bool {
        match keyword {
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_of_type(value, name)),
                name => is_of_type(value, name),
            },
            "enum" => items(rule).contains(value),
            "const" => rule == value,
            "minimum" => value.as_f64().is_none_or(|number| number >= limit(rule)),
            "maximum" => value.as_f64().is_none_or(|number| number <= limit(rule)),
            "maxItems" => value
                .as_array()
                .is_none_or(|items| items.len() as f64 <= limit(rule)),
            "pattern" => match (value, rule.as_str()) {
                (Value::String(text), Some(pattern)) => self.patterns[pattern].is_match(text),
                _ => true,
            },
            "required" => value.as_object().is_none_or(|value| {
                let mut keys = items(rule).iter().filter_map(Value::as_str);
                keys.all(|key| value.contains_key(key))
            }),
            _ => unreachable!("{keyword} is none of those that `prepare` lets in"),
        }
    }

    fn one_of<'a>(&'a self, rule: &'a Value, value: &'a Value) -> Result<(), Violation<'a>> {
        let schemas = items(rule).iter();
        let causes: Vec<_> = schemas
            .filter_map(|schema| self.check(schema, value).err())
            .collect();
        match items(rule).len() - causes.len() {
            1 => Ok(()),
            _ => Err(Violation {
                causes,
                ..Violation::new(value, "oneOf", rule)
            }),
        }
    }

    /// Checks the values of an object, each by the schema that is for its key, if any.
    fn children<'a>(
        &'a self,
        value: &'a Value,
        schema: impl Fn(&str) -> Option<&'a Value>,
    ) -> Result<(), Violation<'a>> {
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Some(schema) = schema(key) {
                self.check(schema, value).map_err(|mut violation| {
                    violation.path.insert(0, key);
                    violation
                })?;
            }
        }
        Ok(())
    }
}

/// A keyword that does not hold, put into words only where nothing else holds in its place.
struct Violation<'a> {
    path: Vec<&'a str>,
    value: &'a Value,
    keyword: &'a str,
    rule: &'a Value,
    causes: Vec<Violation<'a>>,
}

impl<'a> Violation<'a> {
    fn new(value: &'a Value, keyword: &'a str, rule: &'a Value) -> Self {
        Self {
            path: Vec::new(),
            value,
            keyword,
            rule,
            causes: Vec::new(),
        }
    }
}

impl Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, value, keyword) = (self.path.join("."), self.value, self.keyword);
        if self.causes.is_empty() {
            return write!(f, "{path}: {value} violates {keyword} {}", self.rule);
        }
        write!(f, "{path}: not exactly one of {keyword} holds")?;
        let mut causes = self.causes.iter();
        causes.try_for_each(|cause| write!(f, "; {cause}"))
    }
}

/// The schema without annotations and references. Compiles all patterns, and panics at an unknown
/// keyword.
fn prepare(schema: &Value, root: &Value, patterns: &mut HashMap<String, Regex>) -> Value {
    let Value::Object(written) = schema else {
        return schema.clone();
    };
    let mut kept = Map::new();
    for (keyword, rule) in written {
        let mut prepare = |schema: &Value| prepare(schema, root, patterns);
        let rule = match keyword.as_str() {
            "$schema" | "title" | "description" => continue,
            "$defs" => {
                object(rule).values().map(prepare).for_each(drop);
                continue;
            }
            "$ref" => {
                assert_eq!(written.len(), 1, "{schema} has more than a reference");
                let pointer = rule.as_str().and_then(|text| text.strip_prefix('#'));
                let found = pointer.and_then(|pointer| root.pointer(pointer));
                return prepare(found.unwrap_or_else(|| panic!("{rule} is no definition")));
            }
            "type" | "enum" | "const" | "minimum" | "maximum" | "maxItems" | "required" => {
                rule.clone()
            }
            "pattern" => {
                let pattern = rule.as_str().expect("a pattern is text");
                let regex = Regex::new(pattern).expect("a pattern");
                patterns.insert(pattern.to_owned(), regex);
                rule.clone()
            }
            "allOf" | "oneOf" => items(rule).iter().map(prepare).collect(),
            "properties" => {
                let entries = object(rule).iter();
                let entries = entries.map(|(key, schema)| (key.clone(), prepare(schema)));
                Value::Object(entries.collect())
            }
            "additionalProperties" | "items" => prepare(rule),
            other => panic!("unknown keyword {other} in the schema"),
        };
        kept.insert(keyword.clone(), rule);
    }
    Value::Object(kept)
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => panic!("unknown type {name} in the schema"),
    }
}

fn object(rule: &Value) -> &Map<String, Value> {
    rule.as_object()
        .unwrap_or_else(|| panic!("{rule} is no object"))
}

fn items(rule: &Value) -> &[Value] {
    rule.as_array()
        .unwrap_or_else(|| panic!("{rule} is no array"))
}

fn limit(rule: &Value) -> f64 {
    rule.as_f64()
        .unwrap_or_else(|| panic!("{rule} is no number"))
}
