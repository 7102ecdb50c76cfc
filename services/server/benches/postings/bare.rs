//! The least that the web server can do: the same request read, a fixed answer given.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Command;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Context as _;

use crate::process::Server;

/// Starts this program again, as the bare server.
pub(crate) fn start(answer_bytes: usize) -> anyhow::Result<Server> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--bare-answer-bytes").arg(answer_bytes.to_string());
    Server::start(&mut command)
}

/// Serves until it is killed; with the settings of `cairn serve`.
pub(crate) fn serve(answer_bytes: usize) -> anyhow::Result<()> {
    let answer = Data::new(Bytes::from(vec![b' '; answer_bytes]));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new().app_data(answer.clone()).default_service(web::to(self::answer))
        });
        let server = server.listen(listener)?.run();
        writeln!(std::io::stdout(), "listening on http://{address}")?;
        server.await.context("the bare server stopped")
    })
}

async fn answer(_body: Bytes, answer: Data<Bytes>) -> HttpResponse {
    HttpResponse::Created().content_type("application/json").body(answer.get_ref().clone())
}
