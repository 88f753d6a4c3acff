//! What can be asked on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Assess a human rights city against the Standardized Monitoring System.
#[derive(Parser)]
#[command(name = "sms", version, about, long_about = None, after_help = "Exit codes: 0 done; 1 done, and some rows of the data were left out, or an attack found something; 2 not done.\nNothing is sent anywhere: sms reads the files that you name and writes where you say.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Assess a city: a summary on the terminal and a report as a file.
    Assess(AssessArgs),
    /// Attack a report: what can be deduced of the figures that it withholds.
    Attack(AttackArgs),
    /// Check observations: what can be used, what cannot, and why.
    Check(CheckArgs),
    /// Turn a city's own files into observations, by a crosswalk.
    Import(ImportArgs),
    /// Tell how a number came about.
    Explain(ExplainArgs),
    /// Look into the catalogue of indicators.
    Catalogue(CatalogueArgs),
    /// Print a JSON Schema.
    Schema(SchemaArgs),
    /// Answer requests of the wire, one JSON a line: for vendors who certify themselves.
    Vectors(VectorsArgs),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// What is read, and by what it is judged.
#[derive(Args)]
pub(crate) struct InputArgs {
    /// A CSV or JSON file of observations, a folder that holds `observations.csv` or `.json` (and perhaps `plan.toml`), or `-` for standard input.
    #[arg(default_value = "-")]
    pub(crate) input: PathBuf,
    /// A catalogue to use in place of the embedded one (canonical JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    /// Delimiter of the CSV, when it cannot be told from the header.
    #[arg(long, value_name = "CHAR")]
    pub(crate) delimiter: Option<char>,
    /// Decimal sign of the CSV.
    #[arg(long, value_enum, default_value_t = Decimal::Detect)]
    pub(crate) decimal: Decimal,
    /// Encoding of the CSV.
    #[arg(long, value_enum, default_value_t = TextEncoding::Detect)]
    pub(crate) encoding: TextEncoding,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Decimal {
    Detect,
    Point,
    Comma,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum TextEncoding {
    Detect,
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "latin-1")]
    Latin1,
}

/// How the data are assessed and released.
#[derive(Args)]
pub(crate) struct PlanArgs {
    /// A plan (TOML or JSON): selection, places, periods, title.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Indicators or selections of the catalogue, such as `core`; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) select: Vec<String>,
    /// Places to assess; may be repeated.
    #[arg(long, value_name = "CODE")]
    pub(crate) place: Vec<String>,
    /// `latest`, `each`, or a period such as 2018; may be repeated.
    #[arg(long, value_name = "PERIOD")]
    pub(crate) period: Vec<String>,
    /// A method to use in place of the embedded standard one (TOML or JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) method: Option<PathBuf>,
    /// The smallest count that may be shown; that of the method when not given.
    #[arg(long, value_name = "K")]
    pub(crate) threshold: Option<u32>,
    /// A report that stays in the house: nothing is withheld, and every page says so.
    #[arg(long, conflicts_with = "threshold")]
    pub(crate) internal: bool,
    /// A file with a secret that stays in the house, for the fingerprint of the input.
    #[arg(long, value_name = "FILE")]
    pub(crate) fingerprint_key: Option<PathBuf>,
    /// The JSON of an earlier report, so that the two together tell no more than each.
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct AssessArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Write only this format; without it, a summary on the terminal and an HTML file.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ReportFormat>,
    /// Which table, with `--format csv`.
    #[arg(long, value_enum, default_value_t = TableName::Indicators)]
    pub(crate) table: TableName,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// No colour on the terminal.
    #[arg(long)]
    pub(crate) plain: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum ReportFormat {
    Html,
    Json,
    Table,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum TableName {
    Indicators,
    Nodes,
    Gaps,
    Figures,
}

#[derive(Args)]
pub(crate) struct AttackArgs {
    /// The JSON of a report, as `sms assess --format json` writes it; `-` for standard input.
    pub(crate) report: PathBuf,
    /// The JSON of an earlier report: what the two tell together.
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// A catalogue to use in place of the embedded one (canonical JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum TextFormat {
    Table,
    Json,
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The crosswalk (TOML or JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) crosswalk: PathBuf,
    /// Files, or folders of CSV files.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The file to write; standard output when not given.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// A catalogue to use in place of the embedded one.
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = DataFormat::Csv)]
    pub(crate) format: DataFormat,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum DataFormat {
    Csv,
    Json,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// An indicator, a module, a right, an attribute, a level of the results chain, or `overall`.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
}

#[derive(Args)]
pub(crate) struct CatalogueArgs {
    #[command(subcommand)]
    pub(crate) command: CatalogueCommand,
}

#[derive(Subcommand)]
pub(crate) enum CatalogueCommand {
    /// List the indicators.
    List {
        /// Only those of a selection, such as `core` or `pilot-areas`.
        #[arg(long)]
        selection: Option<String>,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
        /// A catalogue to use in place of the embedded one.
        #[arg(long, value_name = "FILE")]
        catalogue: Option<PathBuf>,
    },
    /// Show the whole sheet of an indicator.
    Show {
        /// The indicator.
        id: String,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
        /// A catalogue to use in place of the embedded one.
        #[arg(long, value_name = "FILE")]
        catalogue: Option<PathBuf>,
    },
    /// What changed between two releases (canonical JSON).
    Diff {
        /// The earlier release.
        old: PathBuf,
        /// The later release; the embedded one when not given.
        new: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
    },
}

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Which; without it, the names.
    pub(crate) name: Option<String>,
}

#[derive(Args)]
pub(crate) struct VectorsArgs {
    /// Read requests from standard input and write answers to standard output.
    #[arg(long, required = true)]
    pub(crate) stdio: bool,
}
