//! Where a list of rates is read: a file, or an address over HTTPS.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use cairn_domain::period::Month;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// The largest list: ten years of every currency.
const LIST_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long an answer may take.
const FETCH_WITHIN: Duration = Duration::from_secs(30);
/// Letters of what `source` of the event says, at most.
const TITLE_LETTERS_MAX: usize = 200;
/// What stands for the month in an address.
const YEAR: &str = "{year}";
const MONTH: &str = "{month}";

pub(super) struct Source {
    /// What it is called in an error.
    pub(super) name: String,
    uri: String,
    pub(super) text: String,
    /// The month of a list that does not say one: an address gives some month's list unless it
    /// names the month itself.
    pub(super) month: Option<Month>,
}

impl Source {
    /// A file that is named comes before an address, which may be set for all commands.
    pub(super) fn read(
        file: Option<&Path>,
        url: Option<&str>,
        month: Option<Month>,
    ) -> anyhow::Result<Self> {
        match (file, url) {
            (Some(file), _) => Self::of_file(file, month),
            (None, Some(url)) => Self::fetch(url, month),
            (None, None) => {
                anyhow::bail!("say where the list is: give --file, or --url with its address")
            }
        }
    }

    fn of_file(path: &Path, month: Option<Month>) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let bytes = fs::metadata(path).with_context(|| format!("{name} cannot be read"))?.len();
        ensure!(bytes <= LIST_BYTES_MAX, "{name} has more than {LIST_BYTES_MAX} bytes");
        let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        let file = path.file_name().map(|file| file.to_string_lossy().into_owned());
        let uri = file.unwrap_or_else(|| name.clone()).replace(' ', "%20");
        Ok(Self { uri, name, text, month })
    }

    fn fetch(url: &str, month: Option<Month>) -> anyhow::Result<Self> {
        let named = month.filter(|_| url.contains(YEAR) && url.contains(MONTH));
        let url = filled_in(url, month)?;
        ensure!(
            url.starts_with("https://") || is_of_this_machine(&url),
            "--url is an address that begins with https://"
        );
        let public = public(&url);
        let failed =
            || format!("{public} gave no list; look at --url, or download it and use --file");
        let mut answer = agent(&url).get(&url).call().map_err(of_error).with_context(failed)?;
        ensure!(answer.status().is_success(), "{}: it answered {}", failed(), answer.status());
        let body = answer.body_mut().with_config().limit(LIST_BYTES_MAX);
        let text = body.read_to_string().with_context(failed)?;
        Ok(Self { name: public.clone(), uri: public, text, month: named })
    }

    /// What the event says of where its rates are from.
    pub(super) fn title(&self) -> String {
        let title = format!("Monthly accounting rates of the Commission: {}", self.uri);
        title.chars().take(TITLE_LETTERS_MAX).collect()
    }

    /// The list as the document behind the event.
    pub(super) fn evidence(&self) -> Value {
        let sha256: String =
            Sha256::digest(self.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "kind": "dataset", "name": "Monthly accounting rates", "uri": self.uri,
            "sha256": sha256, "mediaType": "application/json" })
    }
}

/// The address of a month's list.
fn filled_in(url: &str, month: Option<Month>) -> anyhow::Result<String> {
    if !url.contains(YEAR) && !url.contains(MONTH) {
        return Ok(url.to_owned());
    }
    let month = month.context("--url asks for a month; say which with --month, such as 2026-11")?;
    let day = month.first_day();
    let url = url.replace(YEAR, &day.year().to_string());
    Ok(url.replace(MONTH, &day.month().to_string()))
}

/// An address without what may be a secret, since the log keeps it for everybody: who asks, and the
/// query with its keys.
fn public(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// What went wrong, without the address that some errors name.
fn of_error(error: ureq::Error) -> anyhow::Error {
    match error {
        ureq::Error::RequireHttpsOnly(_) => {
            anyhow::anyhow!("it leads on to an address that does not begin with https://")
        }
        ureq::Error::BadUri(_) => anyhow::anyhow!("it is no address"),
        error => error.into(),
    }
}

/// What comes from this machine itself needs no encryption on its way.
fn is_of_this_machine(url: &str) -> bool {
    let public = public(url);
    let host = public.strip_prefix("http://").and_then(|rest| rest.split(['/', ':']).next());
    matches!(host, Some("127.0.0.1" | "localhost"))
}

/// Over HTTPS whatever it is led on to comes over HTTPS too; this machine leads nowhere else.
fn agent(url: &str) -> Agent {
    let own = is_of_this_machine(url);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::WebPki)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    let config = Agent::config_builder().tls_config(tls).timeout_global(Some(FETCH_WITHIN));
    let config = if own { config.max_redirects(0) } else { config.https_only(true) };
    config.user_agent("cairn").build().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_without_its_secrets() {
        for (url, kept) in [
            ("https://x.org/rates?key=secret#part", "https://x.org/rates"),
            ("https://me:secret@x.org:8443/a/b?c", "https://x.org:8443/a/b"),
            ("https://x.org?key=secret", "https://x.org"),
        ] {
            assert_eq!(public(url), kept);
        }
    }

    #[test]
    fn only_this_machine_itself_is_asked_without_encryption() {
        for own in ["http://127.0.0.1:8080/list", "http://localhost/", "http://me@localhost?a"] {
            assert!(is_of_this_machine(own), "{own}");
        }
        for other in ["http://127.0.0.1:80@x.org/", "http://localhost.x.org/", "https://localhost/"]
        {
            assert!(!is_of_this_machine(other), "{other}");
        }
    }
}
