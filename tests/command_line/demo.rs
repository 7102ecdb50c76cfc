//! `cairn demo`: what it prints can be pasted into a shell and does what it says.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::running_server::{LedgerFolder, cairn, run};

#[test]
fn the_requests_that_the_demonstration_prints_can_be_pasted() {
    let folder = LedgerFolder::empty();
    let named = folder.file("demo");
    let mut demo = cairn();
    demo.arg("demo").arg(&named).args(["--listen", "127.0.0.1:0"]);
    let mut process =
        demo.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(process.stdout.as_mut().unwrap()).lines();
    let printed: Vec<String> =
        lines.map(Result::unwrap).take_while(|line| !line.starts_with("Stop with")).collect();
    let is_pasted = |line: &&String| {
        let assigns = line.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase())
        });
        assigns || line.starts_with("curl ")
    };
    let pasted: Vec<&str> = printed.iter().filter(is_pasted).map(String::as_str).collect();

    let mut shell =
        Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(pasted.join("\n").as_bytes()).unwrap();
    let output = String::from_utf8(shell.wait_with_output().unwrap().stdout).unwrap();
    process.kill().unwrap();
    process.wait().unwrap();

    let answers: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 7, "{printed:?} {output}");
    let imported = answers[0]["position"].as_u64().unwrap() - 1;
    assert!(imported > 210, "with what came after the first years");
    let places = [
        ("/position", Value::from(imported + 1)),
        ("/position", Value::from(imported + 2)),
        ("/data/project/budgetUse/totals/planned", Value::from("5009480.00")),
        ("/data/project/version", Value::from(37)),
        ("/data/lessons/nodes/0/codes/0", Value::from("A 5.1")),
        ("/type", Value::from("/problems/transfer_partner_has_no_costs")),
        ("/data/project/expenditure/totalCount", Value::from(31)),
    ];
    for (answer, (place, wanted)) in answers.iter().zip(places) {
        assert_eq!(answer.pointer(place), Some(&wanted), "{answer}");
    }

    // A folder that has a ledger is not demonstrated over.
    let again = run(cairn().arg("demo").arg(&named).args(["--listen", "127.0.0.1:0"]));
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("cairn serve --database"), "{again:?}");
}
