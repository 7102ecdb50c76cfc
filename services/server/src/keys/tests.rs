use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};

use super::{KeyError, Keys, TokenKeys, log_public_key_path, read_log_verifying_key};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn identities(keys: &Keys) -> (String, [u8; 32]) {
    (keys.token.id().to_owned(), keys.log.to_bytes())
}

#[test]
fn opens_the_keys_that_it_made() {
    let data = tempfile::tempdir().unwrap();
    let made = Keys::open_or_create(data.path()).unwrap();
    let opened = Keys::open_or_create(data.path()).unwrap();
    assert_eq!(identities(&made), identities(&opened));
    let elsewhere = Keys::open_or_create(&data.path().join("a/b")).unwrap();
    assert_ne!(made.token.id(), elsewhere.token.id());
    assert_ne!(made.log, elsewhere.log);
}

#[test]
fn makes_one_set_of_keys_when_several_start_at_once() {
    const STARTERS: usize = 4;
    for round in 0..50 {
        let data = tempfile::tempdir().unwrap();
        let barrier = Barrier::new(STARTERS);
        let start = || {
            barrier.wait();
            identities(&Keys::open_or_create(data.path()).unwrap())
        };
        let all: Vec<_> = thread::scope(|scope| {
            let started: Vec<_> = (0..STARTERS).map(|_| scope.spawn(start)).collect();
            started.into_iter().map(|starter| starter.join().unwrap()).collect()
        });
        assert!(all.windows(2).all(|two| two[0] == two[1]), "round {round}");
        let mut left: Vec<_> = fs::read_dir(data.path().join("keys"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            ["feeds.key", "log.pem", "log.pub", "snapshots.key", "token.pem", "token.pub"]
        );
    }
}

#[test]
fn keeps_the_keys_from_other_users() {
    let data = tempfile::tempdir().unwrap();
    Keys::open_or_create(data.path()).unwrap();
    let folder = data.path().join("keys");
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("token.pem")), 0o600);
    assert_eq!(mode(&folder.join("log.pem")), 0o600);
}

#[test]
fn refuses_a_damaged_file_and_names_it() {
    for name in ["token.pem", "log.pem"] {
        let data = tempfile::tempdir().unwrap();
        Keys::open_or_create(data.path()).unwrap();
        let path = data.path().join("keys").join(name);
        let whole = fs::read_to_string(&path).unwrap();
        for damaged in ["", "a key", &whole[..whole.len() / 2]] {
            fs::write(&path, damaged).unwrap();
            let refused = Keys::open_or_create(data.path()).unwrap_err();
            assert!(matches!(refused, KeyError::NotAKey { .. }), "{refused}");
            assert!(refused.to_string().contains(path.to_str().unwrap()), "{refused}");
        }
    }
}

#[test]
fn refuses_the_key_of_the_other_pair() {
    let data = tempfile::tempdir().unwrap();
    Keys::open_or_create(data.path()).unwrap();
    let folder = data.path().join("keys");
    fs::copy(folder.join("log.pem"), folder.join("token.pem")).unwrap();
    let refused = Keys::open_or_create(data.path()).unwrap_err();
    assert!(matches!(refused, KeyError::NotAPair { .. }), "{refused}");
}

#[test]
fn names_a_token_key_by_its_thumbprint() {
    // The example of RFC 8037, appendix A.
    let secret = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let key = SigningKey::from_bytes(&secret.try_into().unwrap());
    assert_eq!(TokenKeys::new(&key).id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn never_puts_a_new_key_in_the_place_of_a_lost_one() {
    for name in ["token", "log"] {
        let data = tempfile::tempdir().unwrap();
        Keys::open_or_create(data.path()).unwrap();
        let folder = data.path().join("keys");
        fs::remove_file(folder.join(format!("{name}.pem"))).unwrap();
        let refused = Keys::open_or_create(data.path()).unwrap_err();
        assert!(matches!(refused, KeyError::Lost { .. }), "{refused}");
        fs::remove_file(folder.join(format!("{name}.pub"))).unwrap();
        Keys::open_or_create(data.path()).unwrap();
    }
}

#[test]
fn refuses_a_private_key_beside_the_public_one_of_another() {
    let data = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    Keys::open_or_create(data.path()).unwrap();
    Keys::open_or_create(other.path()).unwrap();
    for name in ["token.pem", "log.pem"] {
        let path = data.path().join("keys").join(name);
        let own = fs::read(&path).unwrap();
        fs::copy(other.path().join("keys").join(name), &path).unwrap();
        let refused = Keys::open_or_create(data.path()).unwrap_err();
        assert!(matches!(refused, KeyError::NotAPair { .. }), "{refused}");
        fs::write(&path, own).unwrap();
    }
}

#[test]
fn writes_a_public_file_anew_when_it_is_missing() {
    let data = tempfile::tempdir().unwrap();
    let made = Keys::open_or_create(data.path()).unwrap();
    let public = log_public_key_path(data.path());
    fs::remove_file(&public).unwrap();
    Keys::open_or_create(data.path()).unwrap();
    assert_eq!(read_log_verifying_key(&public).unwrap(), made.log.verifying_key());
}

#[test]
fn says_which_folder_it_cannot_write() {
    let data = tempfile::tempdir().unwrap();
    let taken = data.path().join("taken");
    fs::write(&taken, "not a folder").unwrap();
    let refused = Keys::open_or_create(&taken).unwrap_err();
    assert!(matches!(refused, KeyError::Unwritable { .. }), "{refused}");
    assert!(refused.to_string().contains(taken.to_str().unwrap()), "{refused}");
}

#[test]
fn reads_the_logs_key_in_every_form() {
    let data = tempfile::tempdir().unwrap();
    let log = Keys::open_or_create(data.path()).unwrap().log.verifying_key();
    let private = data.path().join("keys/log.pem");
    assert_eq!(read_log_verifying_key(&log_public_key_path(data.path())).unwrap(), log);
    assert_eq!(read_log_verifying_key(&private).unwrap(), log);
    let note = data.path().join("note.vkey");
    // The key of Go's checksum database, as everybody who builds with Go has it.
    fs::write(&note, "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n")
        .unwrap();
    read_log_verifying_key(&note).unwrap();
    fs::write(&note, note_key("cairn.example/log", &SigningKey::from_bytes(&[7; 32]))).unwrap();
    let wanted = SigningKey::from_bytes(&[7; 32]).verifying_key();
    assert_eq!(read_log_verifying_key(&note).unwrap(), wanted);
}

fn note_key(name: &str, key: &SigningKey) -> String {
    let typed_key = [&[1], key.verifying_key().as_bytes().as_slice()].concat();
    let hash = Sha256::digest([name.as_bytes(), b"\n", &typed_key].concat());
    let id = u32::from_be_bytes(hash[..4].try_into().unwrap());
    format!("{name}+{id:08x}+{}\n", STANDARD.encode(typed_key))
}

#[test]
fn refuses_what_is_not_the_logs_key() {
    let data = tempfile::tempdir().unwrap();
    Keys::open_or_create(data.path()).unwrap();
    let missing = read_log_verifying_key(&data.path().join("missing"));
    assert!(matches!(missing, Err(KeyError::Unreadable { .. })));
    let whole = note_key("cairn.example/log", &SigningKey::from_bytes(&[7; 32]));
    let path = data.path().join("note.vkey");
    for damaged in [whole.replacen("cairn", "caim", 1), whole.replacen("+", " ", 1), String::new()]
    {
        fs::write(&path, &damaged).unwrap();
        let refused = read_log_verifying_key(&path);
        assert!(matches!(refused, Err(KeyError::NotAKey { .. })), "{damaged}");
    }
}
