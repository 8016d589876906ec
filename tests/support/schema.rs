//! Validates JSON against `docs/check-tcp.schema.json`, by the keywords that are in use there.
//!
//! A validator of all of JSON Schema would bring some forty crates, which take two minutes to build.

use regex::Regex;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The schema of an object of `--format json`.
pub static OBJECT: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(include_str!("../../docs/check-tcp.schema.json")));

/// A JSON Schema.
pub struct Schema {
    pub root: Value,
    patterns: HashMap<String, Regex>,
}

impl Schema {
    /// Reads a schema. Panics where it has a keyword that this validator does not know.
    pub fn new(text: &str) -> Self {
        let root = serde_json::from_str(text).expect("the schema is JSON");
        let mut patterns = HashMap::new();
        prepare(&root, &mut patterns);
        Self { root, patterns }
    }

    /// Checks a value.
    ///
    /// # Errors
    /// The path to the first violation, and what is wrong there.
    pub fn validate(&self, value: &Value) -> Result<(), String> {
        self.check(&self.root, value)
    }

    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let Value::Object(schema) = schema else {
            return match schema {
                Value::Bool(true) => Ok(()),
                _ => Err("must not be there".to_owned()),
            };
        };
        for (keyword, rule) in schema {
            self.keyword(keyword, rule, schema, value)?;
        }
        Ok(())
    }

    fn keyword(
        &self,
        keyword: &str,
        rule: &Value,
        schema: &Map<String, Value>,
        value: &Value,
    ) -> Result<(), String> {
        let holds = match keyword {
            "$ref" => return self.check(self.resolve(rule), value),
            "oneOf" => return self.one_of(items(rule), value),
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_of_type(value, name)),
                name => is_of_type(value, name),
            },
            "enum" => items(rule).contains(value),
            "const" => rule == value,
            "minimum" => value.as_f64().is_none_or(|number| number >= limit(rule)),
            "maximum" => value.as_f64().is_none_or(|number| number <= limit(rule)),
            "pattern" => match (value, rule.as_str()) {
                (Value::String(text), Some(pattern)) => self.patterns[pattern].is_match(text),
                _ => true,
            },
            "required" => match value {
                Value::Object(value) => {
                    let mut keys = items(rule).iter().filter_map(Value::as_str);
                    keys.all(|key| value.contains_key(key))
                }
                _ => true,
            },
            "properties" => return self.properties(object(rule), value),
            "additionalProperties" => {
                let known = schema.get("properties").map(object);
                return self.additional(rule, known, value);
            }
            // Annotations and definitions, as `prepare` has seen.
            _ => true,
        };
        match holds {
            true => Ok(()),
            false => Err(format!("{value} violates {keyword} {rule}")),
        }
    }

    fn resolve(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
        let found = pointer.and_then(|pointer| self.root.pointer(pointer));
        found.unwrap_or_else(|| panic!("{reference} is no definition"))
    }

    fn one_of(&self, schemas: &[Value], value: &Value) -> Result<(), String> {
        let results = schemas.iter().map(|schema| self.check(schema, value));
        let (valid, errors): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);
        if valid.len() == 1 {
            return Ok(());
        }
        let errors: Vec<_> = errors.into_iter().filter_map(Result::err).collect();
        Err(format!(
            "{} of oneOf hold: {}",
            valid.len(),
            errors.join(", or ")
        ))
    }

    fn properties(&self, schemas: &Map<String, Value>, value: &Value) -> Result<(), String> {
        for (key, schema) in schemas {
            if let Some(value) = value.get(key) {
                self.check(schema, value)
                    .map_err(|e| format!("{key}: {e}"))?;
            }
        }
        Ok(())
    }

    fn additional(
        &self,
        schema: &Value,
        known: Option<&Map<String, Value>>,
        value: &Value,
    ) -> Result<(), String> {
        for (key, value) in value.as_object().into_iter().flatten() {
            if known.is_none_or(|known| !known.contains_key(key)) {
                self.check(schema, value)
                    .map_err(|e| format!("{key}: {e}"))?;
            }
        }
        Ok(())
    }
}

/// Compiles all patterns of a schema, and panics at an unknown keyword.
fn prepare(schema: &Value, patterns: &mut HashMap<String, Regex>) {
    for (keyword, rule) in schema.as_object().into_iter().flatten() {
        match keyword.as_str() {
            "$schema" | "$ref" | "title" | "description" | "type" | "enum" | "const"
            | "minimum" | "maximum" | "required" => {}
            "pattern" => {
                let pattern = rule.as_str().expect("a pattern is text");
                let regex = Regex::new(pattern).expect("a pattern");
                patterns.insert(pattern.to_owned(), regex);
            }
            "$defs" | "properties" => object(rule)
                .values()
                .for_each(|schema| prepare(schema, patterns)),
            "oneOf" => items(rule)
                .iter()
                .for_each(|schema| prepare(schema, patterns)),
            "additionalProperties" => prepare(rule, patterns),
            other => panic!("unknown keyword {other} in the schema"),
        }
    }
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
