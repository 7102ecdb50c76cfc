//! Judges a GraphQL document before the library executes it, in time linear in its length.
//!
//! The library looks at its own limits only after it has walked the document with every fragment
//! written out, and its parser recurses as deep as the document nests: 892 bytes of fragments that
//! each spread the next one twice cost it most of a second. So a scan over the bytes comes first,
//! then the parser, then one walk that measures each fragment once.

use std::collections::HashMap;

use async_graphql::Pos;
use async_graphql::parser::types::{
    ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet,
};
use async_graphql::parser::{self, parse_query};

/// GraphiQL's introspection, the longest document that tools send, has 2 KiB.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024;
/// GraphiQL's introspection has 184; the parser's time and memory grow with this number.
pub const TOKENS_MAX: usize = 1_000;
/// The parser recurses once for each open bracket: [`DEPTH_MAX`] fields, an inline fragment between
/// any two of them, and room for arguments.
pub const NESTING_MAX: usize = 32;
/// Twice a client's usual handful; each operation is validated though only one is executed.
pub const OPERATIONS_MAX: usize = 10;
/// From a project by a connection's edges to a figure's evidence are nine.
pub const DEPTH_MAX: usize = 12;
/// Introspection unwraps types nine times, which makes fifteen; it reads the schema, never the log.
pub const INTROSPECTION_DEPTH_MAX: usize = 16;
/// Lists of a type's fields within each other multiply the answer; tools nest none.
pub const INTROSPECTION_LISTS_MAX: usize = 2;
/// An alias asks the same field once more; a page that compares partners needs about ten.
pub const ALIASES_MAX: usize = 15;
/// Tools use one or two for each part of a page that can be folded away.
pub const DIRECTIVES_MAX: usize = 30;
/// Each root field may fold a project's whole history; the schema has six.
pub const ROOT_FIELDS_MAX: usize = 10;
/// The library visits each field as often as its fragments are spread: 9,000 take it under 1 ms,
/// and each may be resolved.
pub const EXPANDED_FIELDS_MAX: usize = 10_000;

/// The lists of the introspection schema that can hold each other.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

/// Why a document isn't executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    #[error(
        "The document has {found} bytes; {DOCUMENT_BYTES_MAX} are taken. \
         Send values as variables and ask in several requests."
    )]
    TooLong { found: usize },
    #[error("The document has {found} tokens; {TOKENS_MAX} are taken. Ask in several requests.")]
    TooManyTokens { found: usize },
    #[error(
        "The document nests brackets {found} deep; {NESTING_MAX} are taken. \
         Send nested values as variables and ask for fewer levels."
    )]
    TooNested { found: usize },
    #[error("The document can't be read at line {line}, column {column}: {problem}.")]
    Unreadable { line: usize, column: usize, problem: String },
    #[error(
        "The document has {found} operations; {OPERATIONS_MAX} are taken. \
         Send only the operation that is to be executed."
    )]
    TooManyOperations { found: usize },
    #[error("The fragment {fragment} contains itself. Remove the spread that leads back to it.")]
    FragmentCycle { fragment: String },
    #[error(
        "The document nests fields {found} deep; {DEPTH_MAX} are taken. \
         Ask for the inner objects by node(id) in a second request."
    )]
    TooDeep { found: usize },
    #[error(
        "The introspection nests fields {found} deep; {INTROSPECTION_DEPTH_MAX} are taken. \
         Unwrap ofType fewer times."
    )]
    IntrospectionTooDeep { found: usize },
    #[error(
        "The introspection nests lists of fields, inputFields, interfaces or possibleTypes \
         {found} deep; {INTROSPECTION_LISTS_MAX} are taken. Look inner types up by name."
    )]
    IntrospectionTooNested { found: usize },
    #[error("The document has {found} aliases; {ALIASES_MAX} are taken. Ask in several requests.")]
    TooManyAliases { found: usize },
    #[error(
        "The document has {found} directives; {DIRECTIVES_MAX} are taken. \
         Leave out the parts that aren't wanted instead of marking them."
    )]
    TooManyDirectives { found: usize },
    #[error(
        "An operation has {found} fields at its root; {ROOT_FIELDS_MAX} are taken. \
         Ask in several requests."
    )]
    TooManyRootFields { found: usize },
    #[error(
        "The document has {found} fields once its fragments are written out; \
         {EXPANDED_FIELDS_MAX} are taken. Spread fragments fewer times."
    )]
    TooManyFields { found: usize },
}

impl DocumentFault {
    /// The `extensions.code` of the answer; clients decide by it, so it never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "DOCUMENT_TOO_LONG",
            Self::TooManyTokens { .. } => "DOCUMENT_TOO_MANY_TOKENS",
            Self::TooNested { .. } => "DOCUMENT_TOO_NESTED",
            Self::Unreadable { .. } => "GRAPHQL_PARSE_FAILED",
            Self::TooManyOperations { .. } => "DOCUMENT_TOO_MANY_OPERATIONS",
            Self::FragmentCycle { .. } => "DOCUMENT_FRAGMENT_CYCLE",
            Self::TooDeep { .. } => "DOCUMENT_TOO_DEEP",
            Self::IntrospectionTooDeep { .. } => "INTROSPECTION_TOO_DEEP",
            Self::IntrospectionTooNested { .. } => "INTROSPECTION_TOO_NESTED",
            Self::TooManyAliases { .. } => "DOCUMENT_TOO_MANY_ALIASES",
            Self::TooManyDirectives { .. } => "DOCUMENT_TOO_MANY_DIRECTIVES",
            Self::TooManyRootFields { .. } => "DOCUMENT_TOO_MANY_ROOT_FIELDS",
            Self::TooManyFields { .. } => "DOCUMENT_TOO_MANY_FIELDS",
        }
    }
}

/// Reads a document that stays within every limit. Whether it fits the schema is not judged here.
///
/// Give the outcome to the library with `Request::set_parsed_query`, or it parses once more.
pub fn check(document: &str) -> Result<ExecutableDocument, DocumentFault> {
    check_limit(document.len(), DOCUMENT_BYTES_MAX, |found| DocumentFault::TooLong { found })?;
    let scan = scan(document)?;
    check_limit(scan.nesting, NESTING_MAX, |found| DocumentFault::TooNested { found })?;
    check_limit(scan.tokens, TOKENS_MAX, |found| DocumentFault::TooManyTokens { found })?;
    let parsed = parse_query(document).map_err(|error| unreadable(&error))?;
    Survey::new(&parsed).check()?;
    Ok(parsed)
}

fn check_limit(
    found: usize,
    max: usize,
    fault: impl FnOnce(usize) -> DocumentFault,
) -> Result<(), DocumentFault> {
    if found > max { Err(fault(found)) } else { Ok(()) }
}

fn unreadable(error: &parser::Error) -> DocumentFault {
    let Pos { line, column } = error.positions().next().unwrap_or_default();
    let whole = error.to_string();
    // The parser draws the line it failed on, which may be the whole document, and then explains.
    let problem = whole.rsplit("= ").next().unwrap_or_default().trim().to_owned();
    DocumentFault::Unreadable { line, column, problem }
}

struct Scan {
    tokens: usize,
    nesting: usize,
}

/// Counts without recursion. Where strings and comments end is decided as the parser decides it:
/// a bracket that only the parser sees would escape the limit.
fn scan(document: &str) -> Result<Scan, DocumentFault> {
    let bytes = document.as_bytes();
    let mut scan = Scan { tokens: 0, nesting: 0 };
    let (mut at, mut open) = (0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b' ' | b',' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'#' => {
                at += run(rest, |byte| !matches!(byte, b'\r' | b'\n'));
                continue;
            }
            0xef if rest.starts_with("\u{feff}".as_bytes()) => {
                at += 3;
                continue;
            }
            b'"' => string_length(rest).ok_or_else(|| unterminated(&document[..at]))?,
            b'{' | b'[' | b'(' => {
                open += 1;
                scan.nesting = scan.nesting.max(open);
                1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                1
            }
            b'.' if rest.starts_with(b"...") => 3,
            b'-' | b'0'..=b'9' => {
                1 + run(&rest[1..], |byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E'))
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                run(rest, |byte| byte == b'_' || byte.is_ascii_alphanumeric())
            }
            _ => 1,
        };
        scan.tokens += 1;
        at += length;
    }
    Ok(scan)
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
}

/// The length of the string that `bytes` begin with, quotes included; none when it never ends.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let block = bytes.starts_with(br#"""""#);
    let mut at = if block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at += match byte {
            b'\\' if block && rest.starts_with(br#"\""""#) => 4,
            b'"' if block && rest.starts_with(br#"""""#) => return Some(at + 3),
            b'\\' if !block => 2,
            b'"' if !block => return Some(at + 1),
            b'\r' | b'\n' if !block => return None,
            _ => 1,
        };
    }
    None
}

fn unterminated(before: &str) -> DocumentFault {
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    DocumentFault::Unreadable {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        problem: "a string begins here and has no end".to_owned(),
    }
}

/// What a selection set asks for once its fragments are written out.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    /// Fields, and spreads too: following one costs the library a visit.
    fields: usize,
    /// Fields of the set itself, without what is below them.
    breadth: usize,
    /// Levels of fields; an introspection counts as one level.
    depth: usize,
    /// Levels of [`INTROSPECTION_LISTS`], wherever those names stand.
    lists: usize,
    introspection_depth: usize,
    introspection_lists: usize,
}

impl Extent {
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            breadth: self.breadth.saturating_add(other.breadth),
            depth: self.depth.max(other.depth),
            lists: self.lists.max(other.lists),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
        }
    }

    fn spread(self) -> Self {
        Self { fields: self.fields.saturating_add(1), ..self }
    }

    fn below(self, field: &str) -> Self {
        let introspection = matches!(field, "__schema" | "__type");
        let lists = self.lists + usize::from(INTROSPECTION_LISTS.contains(&field));
        let inner = if introspection { (self.depth + 1, lists) } else { (0, 0) };
        Self {
            fields: self.fields.saturating_add(1),
            breadth: 1,
            depth: if introspection { 1 } else { self.depth + 1 },
            lists,
            introspection_depth: self.introspection_depth.max(inner.0),
            introspection_lists: self.introspection_lists.max(inner.1),
        }
    }
}

/// One walk over a document, each fragment once. It recurses at most as often as there are tokens.
struct Survey<'a> {
    document: &'a ExecutableDocument,
    /// None while the fragment is being measured: meeting it again then is a cycle.
    measured: HashMap<&'a str, Option<Extent>>,
    /// As written, not as spread: what they multiply is in the number of expanded fields.
    aliases: usize,
    directives: usize,
}

impl<'a> Survey<'a> {
    fn new(document: &'a ExecutableDocument) -> Self {
        Self { document, measured: HashMap::new(), aliases: 0, directives: 0 }
    }

    fn check(mut self) -> Result<(), DocumentFault> {
        let operations = self.document.operations.iter().len();
        check_limit(operations, OPERATIONS_MAX, |found| DocumentFault::TooManyOperations {
            found,
        })?;
        let mut whole = Extent::default();
        // Fragments that no operation spreads are validated too. How deep they are depends on where
        // they are spread.
        for (name, fragment) in &self.document.fragments {
            let fields = self.fragment(name, &fragment.node)?.fields;
            whole = whole.beside(Extent { fields, ..Extent::default() });
        }
        let mut root_fields = 0;
        for (_, operation) in self.document.operations.iter() {
            let variables = &operation.node.variable_definitions;
            self.directives += operation.node.directives.len()
                + variables.iter().map(|variable| variable.node.directives.len()).sum::<usize>();
            let extent = self.selection_set(&operation.node.selection_set.node)?;
            root_fields = root_fields.max(extent.breadth);
            whole = whole.beside(extent);
        }
        self.check_limits(&whole, root_fields)
    }

    fn check_limits(&self, whole: &Extent, root_fields: usize) -> Result<(), DocumentFault> {
        use DocumentFault as Fault;
        check_limit(whole.depth, DEPTH_MAX, |found| Fault::TooDeep { found })?;
        check_limit(whole.introspection_depth, INTROSPECTION_DEPTH_MAX, |found| {
            Fault::IntrospectionTooDeep { found }
        })?;
        check_limit(whole.introspection_lists, INTROSPECTION_LISTS_MAX, |found| {
            Fault::IntrospectionTooNested { found }
        })?;
        check_limit(self.aliases, ALIASES_MAX, |found| Fault::TooManyAliases { found })?;
        check_limit(self.directives, DIRECTIVES_MAX, |found| Fault::TooManyDirectives { found })?;
        check_limit(whole.fields, EXPANDED_FIELDS_MAX, |found| Fault::TooManyFields { found })?;
        check_limit(root_fields, ROOT_FIELDS_MAX, |found| Fault::TooManyRootFields { found })
    }

    fn selection_set(&mut self, set: &'a SelectionSet) -> Result<Extent, DocumentFault> {
        let mut whole = Extent::default();
        for selection in &set.items {
            self.directives += selection.node.directives().len();
            let part = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(fragment) => {
                    self.selection_set(&fragment.node.selection_set.node)?.spread()
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    match self.document.fragments.get(name) {
                        Some(fragment) => self.fragment(name, &fragment.node)?.spread(),
                        // The library's validation names it better.
                        None => Extent::default().spread(),
                    }
                }
            };
            whole = whole.beside(part);
        }
        Ok(whole)
    }

    fn field(&mut self, field: &'a Field) -> Result<Extent, DocumentFault> {
        self.aliases += usize::from(field.alias.is_some());
        Ok(self.selection_set(&field.selection_set.node)?.below(&field.name.node))
    }

    fn fragment(
        &mut self,
        name: &'a str,
        fragment: &'a FragmentDefinition,
    ) -> Result<Extent, DocumentFault> {
        match self.measured.get(name) {
            Some(Some(extent)) => return Ok(*extent),
            Some(None) => {
                return Err(DocumentFault::FragmentCycle { fragment: name.to_owned() });
            }
            None => {}
        }
        self.measured.insert(name, None);
        self.directives += fragment.directives.len();
        let extent = self.selection_set(&fragment.selection_set.node)?;
        self.measured.insert(name, Some(extent));
        Ok(extent)
    }
}

#[cfg(test)]
mod tests;
