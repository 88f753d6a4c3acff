//! What can be asked about the wire.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// A file or an operation; without it, the names of all: files, `operations` and `openapi`, then operations.
    pub(crate) name: Option<String>,
    /// The schema of the answer of an operation, in place of that of its request.
    #[arg(long, requires = "name")]
    pub(crate) answer: bool,
}

pub(super) const FRAMING: &str = "One request a line, UTF-8, ended by LF or CRLF; one answer a line in the same order, flushed after each.
Empty lines are passed over, and a byte order mark may stand at the start.
A line that is not UTF-8 or is longer than 256 MiB is answered with an error that names the line, and the next ones are answered all the same.
Exit codes: 0 at the end of the input, also when nobody reads the answers any more; 2 when the input cannot be read.
The operations: docs/wire.md, and `sms schema OPERATION`.";

#[derive(Args)]
pub(crate) struct VectorsArgs {
    /// Read requests from standard input and write answers to standard output.
    #[arg(long, required = true)]
    pub(crate) stdio: bool,
}

pub(super) const CERTIFYING: &str = "The program reads requests and writes answers as `sms vectors --stdio` does (see its --help); its standard error is shown.
Exit codes: 0 all cases passed; 1 some answers differ; 2 the program could not be asked: not found, ended early, no JSON, no answer in time.
Example: sms certify --topic estimate -- sms vectors --stdio";

#[derive(Args)]
pub(crate) struct CertifyArgs {
    /// The folder of the vectors; its manifest.json lists the files.
    #[arg(long, value_name = "FOLDER", default_value = "tests/vectors")]
    pub(crate) vectors: PathBuf,
    /// Only this topic, such as `estimate`, or this file of one, such as `estimate/wilson`; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) topic: Vec<String>,
    /// One JSON document, with every failing case and every difference.
    #[arg(long)]
    pub(crate) json: bool,
    /// How many failing cases are shown.
    #[arg(long, value_name = "NUMBER", default_value_t = 20, conflicts_with = "json")]
    pub(crate) show: usize,
    /// How long to wait for an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
    /// The program and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}
