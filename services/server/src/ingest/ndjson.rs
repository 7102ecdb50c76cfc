//! `application/x-ndjson`: events in any number, one a line, each on its own; the answer has a line
//! for each of them, in their order, and goes out while the body comes in.
//!
//! Once a line gets a 503, no more is read, since the lines after it would fare no better: the last
//! line of the answer then says from where to send again.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Payload};
use cairn_domain::ids::{ProjectKey, Subject};
use futures::stream::{self, LocalBoxStream};
use futures::{FutureExt, StreamExt};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use super::answer::{ReceiptBody, judged, problem};
use super::lines::{Line, Lines};
use super::{Body, not_json};
use crate::envelope::{self, Submission};
use crate::json;
use crate::problem::{Kind, Problem};
use crate::request;
use crate::views::Ledger;
use crate::writer::{self, ANSWER_WITHIN, Outcome, Postbox, UnderWay};

/// Lines of one body that are under way to the writer at a time. No more is read of the body until
/// the oldest of them is answered, so that it takes little memory and leaves turns to others.
pub const LINES_UNDER_WAY_MAX: usize = 64;

/// The answer to a body of lines. With a ledger to be judged on nothing is recorded.
pub(super) fn answer(
    body: Payload,
    project: ProjectKey,
    subject: Subject,
    postbox: Postbox,
    judged_on: Option<Ledger>,
) -> HttpResponse {
    // Kept until the answer is out: a connection whose body was not read to its end is then closed,
    // where it would else wait for the rest of the body for ever.
    let body = Rc::new(RefCell::new(body));
    let kept = body.clone();
    let body = stream::poll_fn(move |context| body.borrow_mut().poll_next_unpin(context));
    let under_way = UnderWay::new(postbox, LINES_UNDER_WAY_MAX);
    let conversation = Conversation {
        project,
        subject,
        judged_on,
        lines: Lines::new(body.boxed_local()),
        under_way,
        reads: true,
        refused_for_now: false,
    };
    let answers = stream::unfold(conversation, |mut conversation| async move {
        let lines = conversation.next().await?;
        Some((Ok::<_, Infallible>(lines), conversation))
    });
    let answers = answers.inspect(move |_| _ = &kept);
    HttpResponse::Ok().content_type("application/x-ndjson").streaming(answers)
}

/// The body as it comes in.
type Pieces = LocalBoxStream<'static, Result<Bytes, PayloadError>>;

/// A body under way, and its answer.
struct Conversation {
    project: ProjectKey,
    subject: Subject,
    judged_on: Option<Ledger>,
    lines: Lines<Pieces>,
    under_way: UnderWay<Place>,
    /// Whether more of the body is wanted.
    reads: bool,
    /// Whether a line got a 503.
    refused_for_now: bool,
}

/// Where an answer belongs, and what it is when there is no need to ask the writer.
struct Place {
    line: u64,
    judged: Option<Result<Value, Problem>>,
}

impl Conversation {
    /// The next lines of the answer; `None` at its end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            tokio::select! {
                biased;
                Some(first) = self.under_way.next() => return Some(self.tell(first)),
                line = self.lines.next(), if self.reads && self.under_way.has_room() => {
                    match line {
                        Some(line) => self.take(line).await,
                        None => self.reads = false,
                    }
                }
                else => return self.leave_off(),
            }
        }
    }

    async fn take(&mut self, Line { number, text }: Line) {
        let submission = text.and_then(|text| {
            let json = json::read(&text).map_err(|error| not_json(&error, Body::Lines))?;
            envelope::read_posted(json, &self.project, &self.subject)
        });
        let judged = match (submission, &self.judged_on) {
            (Err(problem), _) => Err(problem),
            (Ok(submission), Some(ledger)) => dry_run(ledger, submission).await,
            (Ok(submission), None) => {
                let place = Place { line: number, judged: None };
                return self.under_way.post(place, vec![submission]).await;
            }
        };
        self.under_way.pass(Place { line: number, judged: Some(judged) });
    }

    /// The line of the oldest, and of all after it that are answered too.
    fn tell(&mut self, first: (Place, Option<Outcome>)) -> Bytes {
        let mut told = Vec::new();
        let mut next = Some(first);
        while let Some((place, outcome)) = next {
            self.tell_one(&mut told, place, outcome);
            next = self.under_way.next().now_or_never().flatten();
        }
        told.into()
    }

    fn tell_one(&mut self, told: &mut Vec<u8>, place: Place, outcome: Option<Outcome>) {
        let Place { line, judged } = place;
        let problem = match (outcome, judged) {
            (Some(Ok(receipts)), _) => {
                for receipt in &receipts {
                    let new = if receipt.repeated { StatusCode::OK } else { StatusCode::CREATED };
                    write(told, line, new, ReceiptBody::from(receipt));
                }
                return;
            }
            (Some(Err(failure)), _) => problem(failure, Body::Lines),
            (None, Some(Ok(judged))) => return write(told, line, StatusCode::OK, judged),
            (None, Some(Err(problem))) => problem,
            (None, None) => return,
        };
        if problem.status() == StatusCode::SERVICE_UNAVAILABLE {
            self.reads = false;
            self.refused_for_now = true;
        }
        write_problem(told, line, &problem);
    }

    /// Says once from where to send again, if the body was not read to its end.
    fn leave_off(&mut self) -> Option<Bytes> {
        if !std::mem::take(&mut self.refused_for_now) || self.lines.is_at_end() {
            return None;
        }
        let problem = Problem::new(
            Kind::Unavailable,
            "This line and all after it were not read. Send them again, from the first line with \
             status 503 on: with the same ids that is harmless.",
        );
        let mut told = Vec::new();
        write_problem(&mut told, self.lines.number() + 1, &problem);
        Some(told.into())
    }
}

async fn dry_run(ledger: &Ledger, mut submission: Submission) -> Result<Value, Problem> {
    let refused = |failure| problem(failure, Body::Lines);
    let (one, deadline) = (std::slice::from_mut(&mut submission), Instant::now() + ANSWER_WITHIN);
    writer::prepare(ledger, one, deadline).await.map_err(refused)?;
    let rooms = request::newest(ledger)?;
    let receipts = writer::dry_run(&rooms, ledger.log(), one).await.map_err(refused)?;
    Ok(receipts.iter().map(|receipt| judged(receipt, &rooms)).collect::<Vec<_>>().remove(0))
}

fn write_problem(told: &mut Vec<u8>, line: u64, problem: &Problem) {
    let mut members = problem.to_json();
    // It stands before the others, as in every line.
    members.as_object_mut().and_then(|members| members.shift_remove("status"));
    write(told, line, problem.status(), members);
}

fn write(told: &mut Vec<u8>, line: u64, status: StatusCode, answer: impl Serialize) {
    #[derive(Serialize)]
    struct AnswerLine<A> {
        line: u64,
        status: u16,
        #[serde(flatten)]
        answer: A,
    }
    let line = AnswerLine { line, status: status.as_u16(), answer };
    serde_json::to_writer(&mut *told, &line).expect("a line has string keys only");
    told.push(b'\n');
}
