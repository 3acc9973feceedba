//! The vocabulary, read without the hub's reader: which fields there are and what values each can take. A value is a
//! number here: 0 and 1 of a flag, the place of a word in its list, a count, or seconds.

use std::collections::BTreeMap;

use toml::{Table, Value};

pub struct Words {
    pub fields: Vec<Field>,
    /// Roles, organisation types and kinds.
    lists: BTreeMap<String, Vec<String>>,
    groups: BTreeMap<String, Group>,
}

pub struct Field {
    pub name: String,
    pub values: Values,
}

pub enum Values {
    Flag,
    Word(Vec<String>),
    Number,
    /// In seconds.
    Span,
}

struct Group {
    list: String,
    members: Vec<String>,
}

impl Words {
    pub fn read(text: &str) -> Self {
        let file: Table = text.parse().expect("the vocabulary is TOML");
        let list = |name: &str| (name.to_owned(), table(&file[name]).keys().cloned().collect());
        let lists = ["roles", "organisation_types", "kinds"].map(list).into();
        let group = |(name, group): (&String, &Value)| {
            let members = strings(&group["members"]);
            (name.clone(), Group { list: string(&group["of"]).to_owned(), members })
        };
        let groups = table(&file["group"]).iter().map(group).collect();
        let mut words = Self { fields: Vec::new(), lists, groups };
        for (name, field) in table(&file["field"]) {
            let values = words.values(field);
            words.fields.push(Field { name: name.clone(), values });
        }
        words
    }

    fn values(&self, field: &Value) -> Values {
        match string(&field["type"]) {
            "flag" => Values::Flag,
            "number" => Values::Number,
            "duration" => Values::Span,
            "choice" => match &field["values"] {
                Value::String(list) => Values::Word(self.lists[list].clone()),
                words => Values::Word(table(words).keys().cloned().collect()),
            },
            other => panic!("no type of field is called {other}"),
        }
    }

    pub fn field(&self, name: &str) -> usize {
        self.fields.iter().position(|field| field.name == name).unwrap_or_else(|| panic!("no field {name}"))
    }

    /// The words of a list that a word means: itself, or the members of a group.
    pub fn expand(&self, list: &str, word: &str) -> Vec<String> {
        if word == "*" {
            return self.lists[list].clone();
        }
        match word.strip_prefix("group:") {
            None => {
                assert!(self.lists[list].iter().any(|known| known == word), "{word} is none of the {list}");
                vec![word.to_owned()]
            }
            Some(name) => {
                let group = self.groups.get(name).unwrap_or_else(|| panic!("no group {name}"));
                assert_eq!(group.list, list, "{word} is a group of something else");
                group.members.iter().flat_map(|member| self.expand(list, member)).collect()
            }
        }
    }

    /// What a value written in a rule means for a field: one value, or those of a group.
    pub fn meant(&self, field: usize, written: &Value) -> Vec<i64> {
        match (&self.fields[field].values, written) {
            (Values::Flag, Value::Boolean(flag)) => vec![i64::from(*flag)],
            (Values::Number, Value::Integer(number)) => vec![*number],
            (Values::Span, Value::String(span)) => vec![seconds(span)],
            (Values::Word(all), Value::String(word)) => {
                let meant = match word.strip_prefix("group:").and_then(|name| self.groups.get(name)) {
                    Some(group) => self.expand(&group.list, word),
                    None => vec![word.clone()],
                };
                let place = |word: &String| all.iter().position(|known| known == word);
                meant.iter().map(|word| place(word).unwrap_or_else(|| panic!("no value {word}")) as i64).collect()
            }
            _ => panic!("{written} is no value of {}", self.fields[field].name),
        }
    }

    /// How people read a value.
    pub fn written(&self, field: usize, value: i64) -> String {
        match &self.fields[field].values {
            Values::Flag => (value != 0).to_string(),
            Values::Word(all) => format!("\"{}\"", all[value as usize]),
            Values::Number | Values::Span => value.to_string(),
        }
    }
}

fn seconds(span: &str) -> i64 {
    let (count, unit) = span.split_at(span.len() - 1);
    let unit_s = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => panic!("no span: {span}"),
    };
    count.parse::<i64>().expect("a span begins with its count") * unit_s
}

pub fn table(value: &Value) -> &Table {
    value.as_table().unwrap_or_else(|| panic!("no table: {value}"))
}

pub fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// A list, or one value that stands for a list of one.
pub fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

pub fn strings(value: &Value) -> Vec<String> {
    list(value).into_iter().map(|value| string(value).to_owned()).collect()
}
