//! What the help of each command says after its flags: examples, limits, and what it ends with.

pub(super) const EXAMPLES: &str = "\
First steps:
  cairn demo
      A fresh ledger with the project CARE-GET, served, with requests to paste.

  cairn import examples/care-get --database sqlite:cairn.db --data data
  cairn serve --database sqlite:cairn.db --data data
  cairn token --subject haskovo-lead --data data
      A project begins by importing its charter; then partners post over HTTP.

  cairn verify --database sqlite:cairn.db --data data
      Recomputes every hash and names the first position that is wrong.

A ledger on PostgreSQL is named postgres://USER@HOST:PORT/DATABASE in the same places, once
`cairn migrate` has made its tables. CAIRN_DATABASE and CAIRN_DATA stand in for the two options.

Exit status: 0 done; 1 the answer is no, where the help of the command says so; 2 could not be
done.";

pub(super) const DEMO: &str = "\
Exit status: 0 stopped by Ctrl-C, 2 could not start or go on, or the last head of the log was not
signed.";

pub(super) const SERVE: &str = "\
Limits:
  body of a posting or batch     1 MiB; documents are linked
  batch                          1,000 events, recorded in one turn
  lines (application/x-ndjson)   256 KiB each, in any number, 64 of a body under way
  list of expenditure            8 MiB, 10,000 rows, unpacked 48 MiB; at 4 KiB a second or faster
  page of events                 200, and 4 MiB
  waiting postings               4,096, then 503 with Retry-After
  posting or question            10 s
  GraphQL document               16 KiB, 1,000 tokens, depth 12, 15 aliases, 10 root fields,
                                 10,000 fields once fragments are expanded
  token                          8 KiB, valid for at most 24 h

Exit status: 0 stopped by SIGTERM or SIGINT, 2 could not start or go on, or the last head of the
log was not signed.";

pub(super) const MIGRATE: &str = "\
On SQLite `serve` and `import` create a new file by themselves. On PostgreSQL:

  createdb cairn
  cairn migrate --database postgres://OWNER@HOST/cairn
      Prints the SQL for a role that can add events, and neither alter nor remove one. Where the
      role cairn_app is there, it is given these rights instead.
  cairn serve --database postgres://cairn_app@HOST/cairn --data data

A newer program may need it again, on both. All of it is applied or nothing, and repeating it does
no harm.

Exit status: 0 the tables are there and up to date, 2 could not be done and nothing was changed.";

pub(super) const IMPORT: &str = "\
A folder is read in this order: its charters (*.yaml), as one charter for each project, then its
*.ndjson files by name. Each line of NDJSON is an event:
  without `recordedat`  a posting: judged by every rule and recorded now
  with `recordedat`     recorded before: restored at that instant, in the project's order
Every line names its project and who did it (`project`, `actorsubject`).

A list of expenditure is a workbook or CSV with the columns of `cairn template`, in any order and
language. Each row is a line, with its payment where it names one, judged as if its sender had
posted it; what is refused or warned of is printed with its cell:
  cairn import list.xlsx --project care-get --as trakia-university --database … --data …
  cairn import list.csv --project care-get --as haskovo-lead --partner 5 --reason 'by letter' \\
      --database … --data …
  In CSV (UTF-8; comma, semicolon or tab) amounts are 1234.50 or 1 234,50, days 2025-03-20 or
  20.03.2025. Costs of the years before Cairn come in the same way: they occurred then, by the
  date of their document, and are recorded now.
  Of a workbook the first sheet is read that has the headings, and named. Columns of text, such as
  the numbers of documents, are formatted as text: a date or a decimal that Excel makes of 3-25 or
  12.10 is refused. So is a formula that no program has computed.
  A credit note names the line that it corrects by the reference of any line of the partner, also
  of an earlier list, or by its id.
  A row is known again by its reference, otherwise by what it says: sending a list again records
  only what was refused and mended, and payments that were added. A row that was recorded and says
  something else now is refused: amend or reverse its line.
  At most 8 MiB and 10,000 rows; over HTTP 4 KiB a second or faster.

Exit status: 0 all recorded or recorded before, 1 something was refused, 2 something could not be
read or recorded. A line that is no event is refused, whatever is in it; a file that cannot be
opened, or is no charter though named *.yaml, is not readable, and then nothing is recorded.";

pub(super) const RATES: &str = "\
The list is a JSON array whose rows have `isoA3Code` and `value`, units of the currency for one
euro; `year` and `month` where it has several months. There is no address that is asked by itself.

Examples:
  cairn rates --file monthly-rates.json --month 2026-11 --project care-get \\
      --as haskovo-lead --database sqlite:cairn.db --data data
  cairn rates --url 'https://HOST/monthly-rates?lang=EN&year={year}&month={month}' \\
      --month 2026-11 --project care-get --as haskovo-lead \\
      --database sqlite:cairn.db --data data

What a project knows already is not recorded again. Another rate for a known month is recorded with
a warning; what is frozen in a submitted claim stays.

Where the list does not say its month, the address has to: with {year} and {month}, which --month
fills in. Otherwise it would be the list of some other month. Rates of a month can be recorded from
its first day on, and those of every currency that the project converts by the month are needed.

Exit status: 0 all recorded or known before, so that nothing is missing; 1 something was refused,
or a currency that a project needs has no rate, which is named; what the list has is recorded;
2 the list could not be read or is of another month, or something could not be recorded. A timer
that runs it every month and reports what does not end with 0 tells of all of these.";

pub(super) const TEMPLATE: &str = "\
The sheet Expenditure has a column for each field of a line and of its payment, with headings in
the language asked for and, in a hidden second row, the names by which `cairn import` knows them
in any order. Its columns of text are formatted as text, so that Excel leaves them as they are
typed. The sheet Codes holds what may be chosen: the categories, work packages, activities
and deliverables of the partner by the application form in force today, and the currencies.

Examples:
  cairn template --project care-get --partner 5 --language bg --to list.xlsx \\
      --database sqlite:cairn.db
  cairn import list.xlsx --project care-get --as trakia-university \\
      --database sqlite:cairn.db --data data
      Over HTTP these are GET templates/expenditure.xlsx and POST expenditure of the project.

Exit status: 0 written, 2 it could not be done.";

pub(super) const SHEET: &str = "\
Sheets:
  expenditure  every item, in the order of the columns of Jems' list of expenditure, then those of
               Cairn: codes, status, certified, deducted, parked, id; flat rates are no items
  budget-use   planned, declared, paid, claimed, certified and what is left, along
               partner, work-package, category, activity, deliverable, currency, month, claim
  claims/1     the items of a claim with what control made of each; in a workbook its amounts by
               partner and its deductions by the typology of errors on two more sheets
In a workbook the totals are formulas that agree with the ledger; CSV has the first sheet without
them. Its amounts are 1234.50, and 1234,50 between semicolons: programs that take those for
separators take the comma for decimals. A text that begins like a formula gets an apostrophe there.

--partner, --work-package and --claim choose a part of the figures, --at-version and --until a past
day, --application-form another form; an item that is in a claim in part stands in the list whole.

Examples:
  cairn sheet expenditure --project care-get --to list.xlsx --database sqlite:cairn.db
  cairn sheet budget-use --project care-get --by partner,category --to use.xlsx --database …
  cairn sheet budget-use --project care-get --until 2025-12-31 --application-form 1 --to 2025.xlsx \\
      --database …
  cairn sheet claims/1 --project care-get --separator semicolon --bom --to claim.csv --database …
      Over HTTP: GET sheets/expenditure.xlsx of the project, with what the caller may see.

Exit status: 0 written, 2 it could not be done.";

pub(super) const EXPORT: &str = "\
Examples:
  cairn export --database sqlite:cairn.db > cairn.ndjson
      Every event as it was recorded: `cairn import` restores them, `cairn verify --export` checks
      them.
  cairn export --project care-get --proofs --to pack --database sqlite:cairn.db --data data
  python3 verify.py log.pub pack
      The audit pack: the exact bytes of every event of the project, proofs that they are in the
      log, two signed checkpoints, schemas, the log's public key, and a verifier that needs Python
      alone. It proves that no event of the project is missing, and needs nothing of the others.
      Take verify.py from a release and the key from elsewhere: nobody signs those in the pack.

Exit status: 0 written, also when whoever reads the output stops, as `head` does, 1 the log is
altered and no pack was written, 2 it could not be done.";

pub(super) const BACKUP: &str = "\
SQLite: the copy holds the log as of one moment. It appears under its name only once every hash in
it was recomputed, and never replaces a file. With --data the newest signed checkpoint is written
beside it (FILE.checkpoint): `cairn verify --checkpoint` then shows that the copy is not behind.
To restore, stop the servers, move the database aside with its -wal and -shm files, and copy back
with this same command, from the copy to the place of the database. With --data a backup is judged
by the checkpoint beside it; where it is behind the newest one in --data, that is a warning.

PostgreSQL: nothing is copied. The commands that dump and restore are printed; pg_dump writes FILE.

The keys in --data are in no copy. Keep them apart: with log and keys in one hand, history can be
rewritten and signed anew.

Exit status: 0 done, 1 the log is altered and nothing was written, 2 could not be done.";

pub(super) const GENERATE: &str = "\
Nobody and nothing in a synthetic project is real. The same numbers and seed give the same events,
byte for byte, on every machine and every day. Each history is recorded between the project's
start and 31 October 2026; projects alternate as in a real ledger. Every type of event occurs, and
every role posts what it may.

Each project spends in euro, lei and, until 2026, leva, has two claims, one of which is withdrawn
and submitted in another month, and control of both, line by line. That is a seventh of the events.

Shares:
  of what partners begin    60 % expenditure lines, 19 % progress of activities, 7 % lessons,
                            5 % corroborations, 5 % questions, 4 % new editions of deliverables,
                            while there are enough; payments, reviews, answers, rates and
                            the like follow from it
  of expenditure lines      15 % paid in two parts, 4 % corrected by a credit note,
                            3 % reversed and declared anew, 1 % incurred in part before the
                            project, which is warned of, 3 % declared without a document, which
                            is attached later, 2 % with a document that is superseded
  of the lead's checks      6 % are a query, upon which the line is amended and checked again;
                            2 % are followed by an amendment nevertheless
  of the lines of claims    4 % are certified in part, with a deduction, 3 % are parked
  of invoices               10 % divided between two lines
  of reviews                20 % return the deliverable
  of reports to the lead    20 % are given back
  of questions              85 % are answered
  of other partners' costs and progress
                            3 % are posted for them by the lead
  of all postings           1 % are refused; they leave no trace, and are not counted in --events

Examples:
  cairn generate --projects 3 --events 6000 > synthetic.ndjson
      Three projects of 2,000 events each, to be read or imported.

  cairn generate --projects 20 --events 1000000 --database sqlite:big.db --data big-data
      A million events in a ledger; postings that a rule refuses are posted too, and counted.
      Again with the same numbers and seed it records nothing.

Exit status: 0 all recorded, or recorded before, 2 it could not be done.";

pub(super) const TOKEN: &str = "\
The token stands alone on standard output:
  TOKEN=$(cairn token --subject haskovo-lead --data data)

Exit status: 0 done, 2 could not be done.";

pub(super) const VERIFY: &str = "\
Only reads. Checks that positions and versions have no gap, that every payload, digest and leaf
hash is that of its event, and that the tree of all of them is the one at the head of the log.
Who recomputes all of this after a change leaves a log that fits together. With a key (--data or
--key) it is held against every signed checkpoint that the log keeps, and the newest in --data:
a history that was rewritten is named as the positions between the last checkpoint that holds and
the first that does not, and a tail that was cut off by the checkpoint that has more events.
Snapshots in --data that were altered are named too; no server answers from one.

  cairn export --database sqlite:cairn.db > cairn.ndjson
  cairn verify --export cairn.ndjson --key log.pub --checkpoint newest
      The same of an export of the whole log, on any machine.

Exit status: 0 unaltered, 1 altered (with the first wrong position and why), 2 not readable, or
a key was named and nothing that it signed is there to compare with.";
