//! A body of many lines, of which never more is in memory than a line and what came with it.

use actix_web::web::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use tokio::time::timeout;

use super::{broke_off, too_slow};
use crate::problem::{Kind, Problem};
use crate::writer::ANSWER_WITHIN;

/// Longest line: an event fits many times; documents are linked.
pub const LINE_BYTES_MAX: usize = 256 * 1024;

/// The lines of a body, with their numbers, from 1 on. What has only white space is counted and
/// left out. The last line needs no end.
pub(super) struct Lines<B> {
    body: B,
    /// What came and is not yet given out.
    buffer: BytesMut,
    /// How much of it has no end of a line.
    looked_at: usize,
    /// Whether the line under way is too long, so that the rest of it is thrown away.
    too_long: bool,
    /// The number of the last line that was given out or left out.
    number: u64,
    ended: bool,
}

/// A line, or why it cannot be read.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) text: Result<Bytes, Problem>,
}

impl<B, E> Lines<B>
where
    B: Stream<Item = Result<Bytes, E>> + Unpin,
{
    pub(super) fn new(body: B) -> Self {
        let buffer = BytesMut::new();
        Self { body, buffer, looked_at: 0, too_long: false, number: 0, ended: false }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether all was read, and nothing follows.
    pub(super) fn is_at_end(&self) -> bool {
        self.ended && self.buffer.is_empty()
    }

    /// The next line. A caller that stops waiting here loses nothing.
    pub(super) async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.take_line() {
                return Some(line);
            }
            if self.ended {
                return None;
            }
            match timeout(ANSWER_WITHIN, self.body.next()).await {
                Ok(Some(Ok(piece))) => self.buffer.extend_from_slice(&piece),
                Ok(None) => self.ended = true,
                Ok(Some(Err(_))) => return Some(self.break_off(broke_off())),
                Err(_) => return Some(self.break_off(too_slow())),
            }
        }
    }

    /// The next line with something in it, as far as it has come whole.
    fn take_line(&mut self) -> Option<Line> {
        loop {
            let line = self.split_line()?;
            self.number += 1;
            let is_too_long = std::mem::take(&mut self.too_long) || line.len() > LINE_BYTES_MAX;
            if is_too_long {
                return Some(Line { number: self.number, text: Err(too_long()) });
            }
            if !line.trim_ascii().is_empty() {
                return Some(Line { number: self.number, text: Ok(line) });
            }
        }
    }

    /// Everything up to the next end of a line, without it, or the rest of a body that ended.
    fn split_line(&mut self) -> Option<Bytes> {
        let found = self.buffer[self.looked_at..].iter().position(|byte| *byte == b'\n');
        if let Some(more) = found {
            let mut line = self.buffer.split_to(self.looked_at + more + 1);
            line.truncate(line.len() - 1);
            self.looked_at = 0;
            return Some(line.freeze());
        }
        self.looked_at = self.buffer.len();
        if self.buffer.len() > LINE_BYTES_MAX {
            self.too_long = true;
            self.buffer.clear();
            self.looked_at = 0;
        }
        let rest = self.ended && (self.too_long || !self.buffer.is_empty());
        self.looked_at *= usize::from(!rest);
        rest.then(|| self.buffer.split().freeze())
    }

    /// The body stops in the middle: what came of its last line is no line.
    fn break_off(&mut self, problem: Problem) -> Line {
        self.ended = true;
        self.buffer.clear();
        self.looked_at = 0;
        self.too_long = false;
        self.number += 1;
        Line { number: self.number, text: Err(problem) }
    }
}

fn too_long() -> Problem {
    Problem::new(
        Kind::BodyTooLarge,
        format!(
            "A line has at most {LINE_BYTES_MAX} bytes. Link documents instead of sending them."
        ),
    )
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use proptest::prelude::*;

    use super::*;

    /// What comes of a body that arrives in these pieces: the line, or the kind of its problem.
    fn read(pieces: Vec<Bytes>) -> Vec<(u64, Result<Bytes, &'static str>)> {
        let whole = pieces.into_iter().map(Ok::<_, std::io::Error>);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut lines = Lines::new(stream::iter(whole));
            let mut read = Vec::new();
            while let Some(line) = lines.next().await {
                read.push((line.number, line.text.map_err(|problem| problem.id())));
            }
            assert!(lines.is_at_end());
            read
        })
    }

    fn text(text: &'static str) -> Result<Bytes, &'static str> {
        Ok(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn blank_lines_count_and_the_last_needs_no_end() {
        let lines = read(vec![Bytes::from_static(b"\n{1}\r\n  \t\r\n\n{2}")]);
        assert_eq!(lines, [(2, text("{1}\r")), (5, text("{2}"))]);
        assert_eq!(read(vec![Bytes::from_static(b"{1}\n")]), [(1, text("{1}"))]);
        assert_eq!(read(vec![]), []);
    }

    #[test]
    fn a_body_that_breaks_off_ends_with_the_line_that_is_none() {
        let pieces = [Ok(Bytes::from_static(b"{1}\n{2}")), Err(std::io::Error::other("gone"))];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut lines = Lines::new(stream::iter(pieces));
            assert!(lines.next().await.unwrap().text.is_ok());
            let last = lines.next().await.unwrap();
            assert_eq!((last.number, last.text.unwrap_err().id()), (2, "not_json"));
            assert!(lines.next().await.is_none());
        });
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_and_the_rest_goes_on() {
        let longest = "x".repeat(LINE_BYTES_MAX);
        for more in ["x", &longest] {
            let body = format!("a\n{longest}{more}\n{longest}\nb\n{longest}{more}");
            for size in [1_000, 65_536, body.len()] {
                let pieces = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
                let lines = read(pieces);
                let lengths: Vec<_> =
                    lines.into_iter().map(|(n, line)| (n, line.map(|line| line.len()))).collect();
                let too_long = Err("body_too_large");
                let wanted =
                    [(1, Ok(1)), (2, too_long), (3, Ok(LINE_BYTES_MAX)), (4, Ok(1)), (5, too_long)];
                assert_eq!(lengths, wanted, "{size}");
            }
        }
    }

    proptest! {
        #[test]
        fn where_a_body_is_cut_does_not_matter(
            body in "([a-c ]{0,4}\n){0,6}[a-c]{0,3}",
            size in 1_usize..8,
        ) {
            let pieces = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
            let lines: Vec<_> =
                read(pieces).into_iter().map(|(n, line)| (n, line.unwrap().to_vec())).collect();
            let wanted: Vec<_> = (1..)
                .zip(body.split('\n'))
                .filter(|(_, line)| !line.trim().is_empty())
                .map(|(number, line)| (number, line.as_bytes().to_vec()))
                .collect();
            prop_assert_eq!(lines, wanted);
        }
    }
}
