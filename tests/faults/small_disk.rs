//! A disk of a few megabytes that a test may fill: a tmpfs in a mount namespace of the test's own,
//! which goes away with its processes. Root may mount one; anybody else may inside a user
//! namespace; and where neither is allowed, the programs are told that their disk is full.

use std::fs::{File, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outside;

/// Names the folder of the disk to the test inside the namespace.
const FOLDER: &str = "CAIRN_TEST_SMALL_DISK";
const MEGABYTES: u64 = 96;

/// What `unshare` is told, and what then starts the program.
type Way = (&'static [&'static str], &'static str);

/// As root. As anybody else: as root of a user namespace, and in it as somebody else again, because
/// PostgreSQL does not run as root.
const WAYS: [Way; 2] = [
    (&["--mount"], "exec"),
    (&["--mount", "--map-root-user"], "exec unshare --map-user=1000 --map-group=1000 --"),
];

pub(crate) struct SmallDisk {
    folder: PathBuf,
    /// Where nothing may be mounted: the library that says to a program that the disk is full.
    pretended: Option<PathBuf>,
}

impl SmallDisk {
    /// Runs `test`, whose full name is `name`, on a disk that can be filled. Where this process may
    /// mount one, it starts itself again, for this one test, with the disk mounted.
    pub(crate) fn with(name: &str, test: impl FnOnce(&SmallDisk)) {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return test(&SmallDisk { folder: folder.into(), pretended: None });
        }
        let folder = tempfile::tempdir().unwrap();
        let works = |way: &&Way| {
            let tried = inside(way, folder.path(), Path::new("true")).output();
            tried.is_ok_and(|ended| ended.status.success())
        };
        let Some(way) = WAYS.iter().find(works) else {
            println!("nothing may be mounted here: the full disk is a pretended one");
            return Self::pretend(test);
        };
        let this = std::env::current_exe().unwrap();
        let mut command = inside(way, folder.path(), &this);
        let status = command.args(["--exact", name, "--nocapture"]).status().unwrap();
        assert!(status.success(), "it failed on the mounted disk; see above");
    }

    /// Runs `test` on a disk of which the servers are only told that it is full.
    pub(crate) fn pretend(test: impl FnOnce(&SmallDisk)) {
        let folder = tempfile::tempdir().unwrap();
        // PostgreSQL runs as somebody else where the test is root.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let pretended = Some(outside::library(folder.path()));
        test(&SmallDisk { folder: folder.path().canonicalize().unwrap(), pretended });
    }

    /// What tells a program that this disk is full, where it has to be told.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &Path)> {
        let library = self.pretended.as_deref();
        let told = library.map(|it| [("LD_PRELOAD", it), ("CAIRN_TEST_DISK", self.folder())]);
        told.into_iter().flatten().collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Leaves no byte free.
    pub(crate) fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        let mut size = if self.pretended.is_some() { 0 } else { 1 << 20 };
        while size > 0 {
            match ballast.write(&vec![1; size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => size /= 2,
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

/// A command where `folder` is a small disk of its own.
fn inside((options, start): &Way, folder: &Path, program: &Path) -> Command {
    let script = format!(r#"mount -t tmpfs -o size={MEGABYTES}m tmpfs "$0" && {start} "$@""#);
    let mut command = Command::new("unshare");
    command.args(*options).args(["--kill-child", "--fork", "sh", "-c", &script]);
    command.arg(folder).arg(program).env(FOLDER, folder);
    command
}
