//! The only place where the parts are joined.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpServer, Resource, Route};

use crate::auth::Verifier;
use crate::checkpoints::Signer;
use crate::graphql;
use crate::keys::Keys;
use crate::site;
use crate::views::Ledger;
use crate::writer::Postbox;
use crate::{annual_report, calendar, events, ingest, proofs, workbook};

/// Seconds that requests under way get when the server stops.
const SHUTDOWN_SECONDS: u64 = 10;

/// The server with all its routes, listening.
pub fn server(
    listener: TcpListener,
    keys: &Keys,
    postbox: Postbox,
    ledger: Ledger,
    signer: Arc<Signer>,
) -> std::io::Result<Server> {
    let postbox = Data::new(postbox);
    let ledger = Data::new(ledger);
    let signer = Data::from(signer);
    let verifier = Data::new(Verifier::new(&keys.token));
    let feeds = Data::new(keys.feeds.clone());
    let schema = Data::new(graphql::schema());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(postbox.clone())
            .app_data(ledger.clone())
            .app_data(signer.clone())
            .app_data(verifier.clone())
            .app_data(schema.clone())
            .app_data(feeds.clone())
            .configure(routes)
            .default_service(web::to(site::nothing_here))
    });
    Ok(server.shutdown_timeout(SHUTDOWN_SECONDS).listen(listener)?.run())
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/projects/{project}/events")
                .route(web::post().to(ingest::post))
                .route(web::get().to(events::list))
                .default_service(only("GET, POST")),
        )
        .service(page("/v1/projects/{project}/events/{id}", web::get().to(events::one)))
        .service(page("/v1/projects/{project}/events/{id}/proof", web::get().to(proofs::inclusion)))
        .service(page(
            "/v1/projects/{project}/annual-reports/{number}",
            web::get().to(annual_report::answer::get),
        ))
        .service(page(
            "/v1/projects/{project}/calendar/{secret}.ics",
            web::get().to(calendar::feed),
        ))
        .service(
            web::resource("/v1/projects/{project}/expenditure")
                .route(web::post().to(workbook::post::post))
                .default_service(only("POST")),
        )
        .service(page(
            "/v1/projects/{project}/templates/expenditure.xlsx",
            web::get().to(workbook::template::get),
        ))
        .service(page(
            "/v1/projects/{project}/sheets/{sheet}.{format}",
            web::get().to(workbook::sheets::get),
        ))
        .service(page(
            "/v1/projects/{project}/sheets/claims/{number}.{format}",
            web::get().to(workbook::sheets::get_claim),
        ))
        .service(page("/v1/checkpoint", web::get().to(proofs::checkpoint)))
        .service(page("/v1/proofs/consistency", web::get().to(proofs::consistency)))
        .route("/graphql", web::to(graphql::answer))
        .service(page("/v1/rules", web::get().to(site::rules)))
        .service(page("/v1/typology", web::get().to(site::typology)))
        .service(page("/v1/schemas", web::get().to(site::schemas)))
        .service(page("/v1/schemas/{type}/{version}.json", web::get().to(site::schema)))
        .service(page("/problems/{id}", web::get().to(site::problem)))
        .service(page("/openapi.json", web::get().to(site::openapi)))
        .service(page("/healthz", web::get().to(site::healthy)))
        .service(page("/readyz", web::get().to(site::ready)));
}

/// A resource that is only read.
fn page(path: &'static str, get: Route) -> Resource {
    web::resource(path).route(get).default_service(only("GET"))
}

/// The answer to every method that has no meaning on a resource.
fn only(allowed: &'static str) -> Route {
    let answer =
        move |request: HttpRequest| async move { site::method_not_allowed(&request, allowed) };
    web::route().to(answer)
}
