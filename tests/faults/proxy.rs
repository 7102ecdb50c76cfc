//! A proxy between the program and PostgreSQL that cuts a connection at its commit. It follows the
//! frames of PostgreSQL's protocol (version 3) and looks into them for one marker only.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// PostgreSQL never gets the request to commit.
    BeforeTheRequest,
    /// PostgreSQL has committed, and its answer is lost.
    BeforeTheAnswer,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    orders: Arc<Orders>,
}

/// The text of the transaction that is to be cut, and where; none once it was.
#[derive(Default)]
struct Orders {
    armed: Mutex<Option<(String, Cut)>>,
    changed: Condvar,
}

impl Proxy {
    pub(crate) fn start(upstream_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let orders = Arc::new(Orders::default());
        let given = orders.clone();
        // Its threads end with the process: every test has one of its own.
        std::thread::spawn(move || {
            for client in listener.incoming() {
                // Where PostgreSQL is down, the client is turned away as it would be there.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", upstream_port)) {
                    Connection::join(client.unwrap(), server, given.clone());
                }
            }
        });
        Self { port, orders }
    }

    /// The next transaction that carries `text` is cut at its commit.
    pub(crate) fn arm(&self, text: &str, cut: Cut) {
        *self.orders.armed.lock().unwrap() = Some((text.to_owned(), cut));
    }

    /// Waits until that is done.
    pub(crate) fn wait_until_cut(&self) {
        let armed = self.orders.armed.lock().unwrap();
        drop(self.orders.changed.wait_while(armed, |armed| armed.is_some()).unwrap());
    }
}

struct Connection {
    client: TcpStream,
    server: TcpStream,
    orders: Arc<Orders>,
    answers: Mutex<Answers>,
    answered: Condvar,
}

/// What came back so far.
#[derive(Default)]
struct Answers {
    /// How often PostgreSQL was ready for the next request, and in which state it was then: `I`
    /// idle, `T` in a transaction.
    ready: u64,
    state: u8,
    /// Whether the client gets no more of it.
    lost: bool,
    ended: bool,
}

impl Connection {
    fn join(client: TcpStream, server: TcpStream, orders: Arc<Orders>) {
        // Otherwise each small frame waits for the other side's acknowledgement of the one before.
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let (answers, answered) = (Mutex::default(), Condvar::new());
        let requests = Arc::new(Self { client, server, orders, answers, answered });
        let answers = requests.clone();
        std::thread::spawn(move || {
            let _ = requests.pass_requests();
            requests.close();
        });
        std::thread::spawn(move || {
            let _ = answers.pass_answers();
            answers.close();
        });
    }

    fn close(&self) {
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
        self.answers.lock().unwrap().ended = true;
        self.answered.notify_all();
    }

    /// Passes on a group of frames once PostgreSQL is asked to work on it.
    fn pass_requests(&self) -> io::Result<()> {
        // The first message has no letter before its length.
        let start = read_message(&self.client)?;
        (&self.server).write_all(&start)?;
        let mut group = Vec::new();
        let mut cut = None;
        loop {
            let (letter, frame) = read_frame(&self.client)?;
            group.extend(frame);
            let state = self.answers.lock().unwrap().state;
            cut = cut.or_else(|| self.orders.cut(&group));
            // Parse, Bind and the like wait for the Sync or Flush behind them.
            if b"PBDEC".contains(&letter) {
                continue;
            }
            let group = std::mem::take(&mut group);
            // Outside of a transaction every group commits by itself.
            let commits = state == b'I' || (letter == b'Q' && contains(&group, b"COMMIT"));
            match cut.filter(|_| commits) {
                Some(Cut::BeforeTheRequest) => break,
                Some(Cut::BeforeTheAnswer) => return self.lose_the_answer(&group),
                None => (&self.server).write_all(&group)?,
            }
        }
        self.orders.done();
        Ok(())
    }

    /// Waits until PostgreSQL is ready again: it has committed then.
    fn lose_the_answer(&self, group: &[u8]) -> io::Result<()> {
        let mut answers = self.answers.lock().unwrap();
        answers.lost = true;
        let ready = answers.ready;
        (&self.server).write_all(group)?;
        let waits = |answers: &mut Answers| answers.ready == ready && !answers.ended;
        drop(self.answered.wait_while(answers, waits).unwrap());
        self.orders.done();
        Ok(())
    }

    fn pass_answers(&self) -> io::Result<()> {
        loop {
            let (letter, frame) = read_frame(&self.server)?;
            let mut answers = self.answers.lock().unwrap();
            if letter == b'Z' {
                answers.ready += 1;
                answers.state = frame[5];
                self.answered.notify_all();
            }
            if !answers.lost {
                (&self.client).write_all(&frame)?;
            }
        }
    }
}

impl Orders {
    fn cut(&self, group: &[u8]) -> Option<Cut> {
        let armed = self.armed.lock().unwrap();
        armed.as_ref().filter(|(text, _)| contains(group, text.as_bytes())).map(|(_, cut)| *cut)
    }

    fn done(&self) {
        *self.armed.lock().unwrap() = None;
        self.changed.notify_all();
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

/// A letter, and then a message.
fn read_frame(mut from: &TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut letter = [0];
    from.read_exact(&mut letter)?;
    let message = read_message(from)?;
    Ok((letter[0], [&letter, message.as_slice()].concat()))
}

/// A length of four bytes, which counts itself, and as much as it says.
fn read_message(mut from: &TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut message = vec![0; u32::from_be_bytes(length) as usize];
    message[..4].copy_from_slice(&length);
    from.read_exact(&mut message[4..])?;
    Ok(message)
}
