//! The repository as sources, and Rust text with comments and literals blanked out, so that a check
//! looks at code only. A small lexer, not a parser: offsets and line numbers stay those of the file.

use std::{fs, path::Path};

pub struct Source {
    /// Relative to the repository, with `/` between folders.
    pub path: String,
    pub text: String,
    /// The text with comments, strings and characters replaced by spaces, if this is Rust.
    pub code: String,
    /// Only tests compile it: below `tests/`, or declared behind `#[cfg(test)]`.
    pub is_test: bool,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") { blank_literals(text) } else { text.to_owned() };
        Self { path: path.to_owned(), text: text.to_owned(), code, is_test: path.starts_with("tests/") }
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub fn is_web_module(&self) -> bool {
        [".js", ".mjs", ".css"].iter().any(|end| self.path.ends_with(end))
    }

    /// The paths, without `.rs`, of the modules in files of their own that this one declares for tests only.
    fn test_modules(&self) -> Vec<String> {
        let folder = ["/mod.rs", "/lib.rs", "/main.rs", ".rs"].iter().find_map(|end| self.path.strip_suffix(end));
        let gated = self.code.match_indices("#[cfg(test)]").filter_map(|(at, gate)| {
            let item = &self.code[at + gate.len()..item_end(&self.code, at)];
            item.strip_suffix(';')?.split_once("mod ").map(|(_, name)| format!("{}/{name}", folder.unwrap_or_default()))
        });
        gated.collect()
    }

    /// The code without its `#[cfg(test)]` items.
    pub fn code_without_tests(&self) -> String {
        let mut code = self.code.clone();
        while let Some(start) = code.find("#[cfg(test)]") {
            let end = item_end(&code, start);
            let blank = blanked(&code[start..end]);
            code.replace_range(start..end, &blank);
        }
        code
    }

    pub fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.path, line_at(&self.code, offset))
    }
}

/// Every text file of the work tree, build products and installed packages left out.
pub fn repository() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the repository can be listed") {
            let entry = entry.expect("the repository can be listed");
            let path = entry.path();
            // In a work tree of its own, `.git` is a file.
            if [".git", "target", "node_modules"].iter().any(|skipped| entry.file_name() == *skipped) {
                continue;
            }
            if entry.file_type().expect("a listed file has a type").is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let relative = path.strip_prefix(root).expect("listed below the root");
                found.push(Source::new(&relative.to_string_lossy().replace('\\', "/"), &text));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    mark_tests(&mut found);
    found
}

/// Marks the files that a `#[cfg(test)]` declaration leads to, and those in the folder of such a module.
fn mark_tests(sources: &mut [Source]) {
    let modules: Vec<String> = sources.iter().filter(|s| s.is_rust()).flat_map(Source::test_modules).collect();
    for source in sources {
        source.is_test |= modules.iter().any(|module| {
            source.path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
    }
}

pub fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("the file exists")
}

pub fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Offsets at which `word` stands in `code` and is not the tail of a longer word.
pub fn positions<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |&at| !word.starts_with(is_word) || !code[..at].ends_with(is_word))
}

/// The identifier at the start of `code`, empty if there is none.
pub fn leading_word(code: &str) -> &str {
    &code[..code.find(|c| !is_word(c)).unwrap_or(code.len())]
}

/// The offset just past the brace that closes the one at `open`; the end of the text if none does.
pub fn block_end(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The end of the item that starts at `start`: its closing brace, or its semicolon if it has no body.
fn item_end(code: &str, start: usize) -> usize {
    match code[start..].find(['{', ';']) {
        Some(at) if code.as_bytes()[start + at] == b'{' => block_end(code, start + at),
        Some(at) => start + at + 1,
        None => code.len(),
    }
}

fn blanked(text: &str) -> String {
    text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect()
}

fn blank_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let after_word = code.ends_with(is_word);
        let skipped = literal_length(rest, after_word);
        if skipped > 0 {
            code.push_str(&blanked(&rest[..skipped]));
            rest = &rest[skipped..];
        } else {
            let first = rest.chars().next().expect("not empty");
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// The bytes of the comment or literal at the start of `rest`; 0 if it starts with code.
fn literal_length(rest: &str, after_word: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_length(rest);
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    if rest.starts_with('\'') {
        return char_length(rest);
    }
    if after_word { 0 } else { raw_string_length(rest) }
}

fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal, told from a lifetime by its closing quote.
fn char_length(rest: &str) -> usize {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => quoted_length(rest, '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

fn raw_string_length(rest: &str) -> usize {
    let prefix = ["r", "br", "cr"]
        .into_iter()
        .find(|p| rest.strip_prefix(p).is_some_and(|tail| tail.trim_start_matches('#').starts_with('"')));
    let Some(prefix) = prefix else { return 0 };
    let tail = &rest[prefix.len()..];
    let hashes = tail.len() - tail.trim_start_matches('#').len();
    let open = prefix.len() + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    rest[open..].find(&close).map_or(rest.len(), |at| open + at + close.len())
}

#[test]
fn literals_and_comments_are_blank_and_offsets_stay() {
    let text = r##"let a = "x{"; // }
let b = r#"{ " "#; /* { /* } */ */ let c = '{'; let d: &'a str = '\''; let 名 = "漢字";"##;
    let code = Source::new("a.rs", text).code;
    assert_eq!(code.len(), text.len());
    assert!(!code.contains(['{', '}', '"']), "{code}");
    assert!(code.contains("let d: &'a str =") && code.contains("let 名 ="), "{code}");
    assert_eq!(line_at(&code, code.find("let b").expect("kept")), 2);
}

#[test]
fn test_items_are_taken_out_and_nothing_else() {
    let source = Source::new(
        "src/a.rs",
        "fn before() {}\n#[cfg(test)]\nuse x::{a, b};\n#[cfg(test)]\nmod tests { fn inside() { \"}\"; } }\nfn after() {}\n",
    );
    let code = source.code_without_tests();
    assert!(code.contains("fn before") && code.contains("fn after"), "{code}");
    assert!(!code.contains("inside") && !code.contains("x::"), "{code}");
}

#[test]
fn files_that_only_tests_compile_are_known_by_their_declaration() {
    let mut sources = [
        (
            "src/hub/mod.rs",
            "#[cfg(test)]\nmod stories;\n#[cfg(test)]\npub(crate) mod memory;\nmod work;\n#[cfg(test)]\nmod t { }",
        ),
        ("src/hub/work.rs", "#[cfg(test)]\nmod tests;"),
        ("src/hub/stories/mod.rs", ""),
        ("src/hub/stories/day.rs", ""),
        ("src/hub/memory.rs", ""),
        ("src/hub/memory_real.rs", ""),
        ("src/hub/work/tests.rs", ""),
        ("src/hub/work/queue.rs", ""),
        ("tests/main.rs", ""),
    ]
    .map(|(path, text)| Source::new(path, text));
    mark_tests(&mut sources);
    let marked: Vec<&str> = sources.iter().filter(|s| s.is_test).map(|s| s.path.as_str()).collect();
    assert_eq!(
        marked,
        [
            "src/hub/stories/mod.rs",
            "src/hub/stories/day.rs",
            "src/hub/memory.rs",
            "src/hub/work/tests.rs",
            "tests/main.rs"
        ]
    );
}

#[test]
fn the_walk_sees_this_file_and_no_build_product() {
    let paths: Vec<String> = repository().into_iter().map(|s| s.path).collect();
    assert!(paths.iter().any(|p| p == file!()));
    assert!(!paths.iter().any(|p| p.starts_with("target/") || p.contains("node_modules/")));
}
