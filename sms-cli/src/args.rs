//! What can be asked on the command line.

mod wire;

pub(crate) use wire::{CertifyArgs, SchemaArgs, VectorsArgs};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use sms_core::render::export::FORMATS;
use sms_core::report::Table;
use std::path::PathBuf;
use wire::{CERTIFYING, FRAMING};

/// Assess a human rights city against the Standardized Monitoring System.
#[derive(Parser)]
#[command(name = "sms", version, about, long_about = None, after_help = "Exit codes: 0 done; 1 done, and some rows of the data were rejected, an attack found something, or a program answered differently; 2 not done.\nNothing is sent anywhere: sms reads the files that you name and writes where you say.")]
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
    /// Judge a pre-test: what each question shows, and what is proposed.
    Pretest(PretestArgs),
    /// Judge Delphi rounds: consensus, disagreement, and whether another round is worth it.
    Delphi(DelphiArgs),
    /// Look into the catalogue of indicators.
    Catalogue(CatalogueArgs),
    /// Look into methods and indices, or check a file of one.
    Methods(MethodsArgs),
    /// Compute an index, by its id or its file, over a table.
    Index(IndexArgs),
    /// Walk the road map: where a city is, what is missing, who must sign, what next.
    Roadmap(RoadmapArgs),
    /// Make questionnaires, collection plans and templates, and read answers back in.
    Form(FormArgs),
    /// Hold a city against a framework, and services against the principles of a human rights-based approach; see what answers an instrument.
    Screen(ScreenArgs),
    /// Learn from other cities: comparators, tiers, mentors, twins, potential, and what became of recommendations.
    Peers(PeersArgs),
    /// Ask what the city's work may have to do with a change.
    Influence(InfluenceArgs),
    /// Estimate from survey microdata, with errors by the design, and test the gaps between groups.
    Survey(SurveyArgs),
    /// Write a starter folder for a city: partners and road map, targets, templates.
    New(NewArgs),
    /// Print the JSON Schema of a file, or of the request or the answer of an operation.
    Schema(SchemaArgs),
    /// Answer requests of the wire, one JSON a line.
    #[command(after_help = FRAMING)]
    Vectors(VectorsArgs),
    /// Ask a program the conformance vectors, and say where its answers differ: for vendors who certify themselves.
    #[command(after_help = CERTIFYING)]
    Certify(CertifyArgs),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// How a CSV file is written.
#[derive(Args)]
pub(crate) struct DialectArgs {
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

/// What is read, and by what it is judged.
#[derive(Args)]
pub(crate) struct InputArgs {
    /// A CSV or JSON file of observations, a folder that holds `observations.csv` or `.json` (and perhaps `plan.toml`), or `-` for standard input.
    #[arg(default_value = "-")]
    pub(crate) input: PathBuf,
    /// A catalogue to use in place of the embedded one (canonical JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
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
    /// A report that stays with the data holder: nothing is withheld, and every page says so.
    #[arg(long, conflicts_with = "threshold")]
    pub(crate) internal: bool,
    /// A file with a secret that stays with the data holder, for the fingerprint of the input.
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
    #[arg(long, value_name = "FORMAT", value_parser = report_formats())]
    pub(crate) format: Option<String>,
    /// Which table, with a format that holds one; `indicators` when none is named.
    #[arg(long, value_name = "TABLE", requires = "format", value_parser = PossibleValuesParser::new(Table::ALL.iter().map(|t| t.as_str())))]
    pub(crate) table: Option<String>,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// No colour on the terminal.
    #[arg(long)]
    pub(crate) plain: bool,
}

/// The summary as it suits the terminal: its width, its colours.
pub(crate) const TERMINAL: &str = "table";

/// What a report can be written as, and what only a terminal is shown.
fn report_formats() -> PossibleValuesParser {
    let terminal = PossibleValue::new(TERMINAL).help("A summary for the terminal");
    PossibleValuesParser::new(FORMATS.iter().map(|f| PossibleValue::new(f.name).help(f.title)).chain([terminal]))
}

#[derive(Args)]
pub(crate) struct AttackArgs {
    /// The JSON of a report, as `sms assess --format json` writes it; `-` for standard input.
    pub(crate) report: PathBuf,
    /// The JSON of an earlier report: what the two tell together.
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// An explanation that was published with the report, as `sms explain --format json` writes it; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) explanation: Vec<PathBuf>,
    /// The method that the report was made by, if not the embedded standard one (TOML or JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) method: Option<PathBuf>,
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
    #[arg(long, value_enum, default_value_t = ExplainFormat::Table)]
    pub(crate) format: ExplainFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    Table,
    Json,
    /// A picture of what each part adds.
    Svg,
}

#[derive(Args)]
pub(crate) struct PretestArgs {
    /// A CSV file of answers: respondent, question, answer, and as far as known no_answer, rater, round, seconds, group, cost.
    pub(crate) file: PathBuf,
    /// The questions (TOML or JSON): id, kind, and as far as known indicator, scale, battery, heaping, cost_limit. Told from the answers when not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) questions: Option<PathBuf>,
    /// A method to use in place of the embedded standard one (TOML or JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) method: Option<PathBuf>,
    /// The smallest group that may be shown; that of the method when not given.
    #[arg(long, value_name = "K")]
    pub(crate) threshold: Option<u32>,
    /// Stays with the data holder: small groups are shown.
    #[arg(long, conflicts_with = "threshold")]
    pub(crate) internal: bool,
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
}

#[derive(Args)]
pub(crate) struct DelphiArgs {
    /// One CSV file a round, in their order: rater, item, rating, and as far as known side. An empty rating is an abstention.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// A method to use in place of the embedded standard one (TOML or JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) method: Option<PathBuf>,
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
    /// Map codes of a dimension to another list, to parents or to bands of ages, and say what is lost.
    Codes {
        /// The dimension, such as AGE.
        dimension: String,
        /// The codes.
        #[arg(required = true)]
        codes: Vec<String>,
        /// The list that they are of, such as SDMX:CL_SEX; the catalogue's own where it is not said.
        #[arg(long, value_name = "LIST")]
        from: Option<String>,
        /// The list that is wanted.
        #[arg(long, value_name = "LIST", conflicts_with = "into")]
        to: Option<String>,
        /// A code of the catalogue that is wanted, a parent or a band; may be repeated.
        #[arg(long, value_name = "CODE")]
        into: Vec<String>,
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
pub(crate) struct MethodsArgs {
    #[command(subcommand)]
    pub(crate) command: MethodsCommand,
}

#[derive(Subcommand)]
pub(crate) enum MethodsCommand {
    /// List the embedded methods and published indices.
    List {
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
    },
    /// Show a method or an index: what it needs, what it does, and why.
    Show {
        /// The id, such as `standard` or `undp-hdi`.
        id: String,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
    },
    /// Check a method or an index (TOML or JSON; a method may be a folder of TOML files).
    Check {
        /// The file or folder.
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
    },
}

#[derive(Args)]
pub(crate) struct IndexArgs {
    /// The id of a published index (`sms methods list`), or an index file (TOML or JSON).
    pub(crate) index: String,
    /// A CSV file with one row a unit and a column for each input, or `-` for standard input.
    #[arg(default_value = "-")]
    pub(crate) data: PathBuf,
    /// Columns that name a unit; the first column when not given. May be repeated.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) unit: Vec<String>,
    /// Inputs or steps to show in place of the outputs of the index. May be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) show: Vec<String>,
    /// Tell how the results of this unit came about.
    #[arg(long, value_name = "UNIT")]
    pub(crate) explain: Option<String>,
    /// CSV, JSON or a table; CSV when a file is written, else a table.
    #[arg(long, value_enum)]
    pub(crate) format: Option<IndexFormat>,
    /// The file to write; standard output when not given.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum IndexFormat {
    Csv,
    Json,
    Table,
}

#[derive(Args)]
pub(crate) struct FormArgs {
    #[command(subcommand)]
    pub(crate) command: FormCommand,
    /// What the form asks: selection, languages, legal basis, own codes (TOML or JSON; see docs/form.md). Without it, the common core.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) form: Option<PathBuf>,
    /// Indicators or selections of the catalogue, such as `core`; may be repeated.
    #[arg(long, value_name = "ID", global = true)]
    pub(crate) select: Vec<String>,
    /// Languages of the form, such as `en`; may be repeated.
    #[arg(long, value_name = "TAG", global = true)]
    pub(crate) language: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum FormCommand {
    /// Write the questionnaire as XLSForm for KoboToolbox and ODK, as a page to print and as text, and the collection plan.
    Build {
        /// The folder to write into.
        #[arg(short, long, value_name = "FOLDER", default_value = "form")]
        output: PathBuf,
    },
    /// Who collects what, when, from which source, with how much work.
    Plan {
        /// The first year.
        #[arg(long, value_name = "YEAR")]
        from: Option<i32>,
        /// The last year.
        #[arg(long, value_name = "YEAR")]
        to: Option<i32>,
        /// How many interviews there are to be.
        #[arg(long, value_name = "N")]
        interviews: Option<u32>,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write a table to fill in, as CSV and as a workbook with lists to choose from.
    Template {
        /// Code of the city.
        #[arg(long, value_name = "CODE")]
        place: String,
        /// Its name.
        #[arg(long, value_name = "NAME")]
        place_name: Option<String>,
        /// A period such as 2026; may be repeated.
        #[arg(long, value_name = "PERIOD", required = true)]
        period: Vec<String>,
        /// The folder to write into.
        #[arg(short, long, value_name = "FOLDER", default_value = "form")]
        output: PathBuf,
    },
    /// Read a CSV export of KoboToolbox or ODK (XML values and headers): how answers fall out, or estimates as observations.
    Read {
        /// The export.
        export: PathBuf,
        /// Column of the weights.
        #[arg(long, value_name = "COLUMN")]
        weight: Option<String>,
        /// Column of the strata.
        #[arg(long, value_name = "COLUMN")]
        stratum: Option<String>,
        /// Column of the primary sampling units.
        #[arg(long, value_name = "COLUMN")]
        psu: Option<String>,
        /// Code of the city: with a period, estimates are written as observations.
        #[arg(long, value_name = "CODE", requires = "period")]
        place: Option<String>,
        /// The period of the survey.
        #[arg(long, value_name = "PERIOD", requires = "place")]
        period: Option<String>,
        /// Confidence level of the estimates.
        #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
        confidence: f64,
        /// A file for the microdata. People's data: keep it with the data holder.
        #[arg(long, value_name = "FILE")]
        microdata: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct RoadmapArgs {
    #[command(subcommand)]
    pub(crate) command: RoadmapCommand,
    /// A catalogue to use in place of the embedded one (canonical JSON).
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) catalogue: Option<PathBuf>,
    /// Read the log only up to this day (year-month-day).
    #[arg(long, value_name = "DATE", global = true)]
    pub(crate) until: Option<String>,
    /// The day of the view; the date of the last event when not given.
    #[arg(long, value_name = "DATE", global = true)]
    pub(crate) as_of: Option<String>,
    /// The language of the texts, where the catalogue has it.
    #[arg(long, value_name = "TAG", global = true)]
    pub(crate) language: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum RoadmapCommand {
    /// Which step, what is missing, who must sign, what next: as text, or the state as JSON.
    Status {
        /// The run (TOML or JSON).
        run: PathBuf,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
    },
    /// What to do next, and who must do it.
    Next {
        /// The run (TOML or JSON).
        run: PathBuf,
        #[arg(long, value_enum, default_value_t = TextFormat::Table)]
        format: TextFormat,
    },
    /// Record an event: it is added to the end of the file, or refused with what would satisfy the guard.
    Apply {
        /// The run (TOML or JSON).
        run: PathBuf,
        /// The fields of the event, such as type=started step=core date=2025-03-01 by=office.
        #[arg(required = true, value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        /// Say what would happen, and write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// The same as `status` on one page that can be printed (HTML).
    Page {
        /// The run (TOML or JSON).
        run: PathBuf,
        /// The file to write; standard output when not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Many cities: who is where, and what holds them up. No ranking.
    Cohort {
        /// Runs, or folders of runs.
        #[arg(required = true)]
        runs: Vec<PathBuf>,
        #[arg(long, value_enum, default_value_t = CohortFormat::Table)]
        format: CohortFormat,
        /// The file to write; standard output when not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum CohortFormat {
    Table,
    Html,
    Json,
}

#[derive(Args)]
pub(crate) struct ScreenArgs {
    #[command(subcommand)]
    pub(crate) command: ScreenCommand,
    /// Only indicators of this selection, such as `core`, or this indicator; may be repeated.
    #[arg(long, value_name = "ID", global = true)]
    pub(crate) select: Vec<String>,
    /// A catalogue to use in place of the embedded one (canonical JSON).
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) catalogue: Option<PathBuf>,
    /// The JSON of a report (`sms assess --format json`): its released figures stand beside the indicators of a page.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) report: Option<PathBuf>,
    /// The place of the report; its first when not given.
    #[arg(long, value_name = "CODE", global = true, requires = "report")]
    pub(crate) place: Option<String>,
    /// The language of the texts, where the catalogue has it.
    #[arg(long, value_name = "TAG", global = true)]
    pub(crate) language: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum ScreenCommand {
    /// A framework or screen as a form: its questions, answers and views.
    Questions {
        /// `panel`, `aaaq`, `fra`, `eccar`, `charter-agenda` or `european-charter`.
        sheet: String,
        /// A service area, such as `SV-HOUS`: its indicators stand beside the questions.
        #[arg(long, value_name = "ID")]
        area: Option<String>,
        /// The round of the form, with `--format csv`.
        #[arg(long, value_name = "ID")]
        round: Option<String>,
        /// The view of the form, with `--format csv`.
        #[arg(long, value_name = "ID")]
        view: Option<String>,
        #[arg(long, value_enum, default_value_t = QuestionsFormat::Table)]
        format: QuestionsFormat,
    },
    /// Hold the city against a framework: the city's view and that of civil society apart.
    Framework {
        /// A file (TOML or JSON) with rounds and answers, or a folder that holds `framework.toml`.
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = PageFormat::Table)]
        format: PageFormat,
        /// The file to write; standard output when not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Hold services against PANEL and AAAQ: by principle and service, with what differs and what changed.
    Services {
        /// A file (TOML or JSON) with rounds, services and answers, or a folder that holds `services.toml`.
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = PageFormat::Table)]
        format: PageFormat,
        /// The file to write; standard output when not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// From an instrument, the goals or a charter to rights, indicators and gaps.
    CrossReference {
        /// An instrument, such as `CFR` or `ICESCR`, or `sdg`, `eccar`, `charter-agenda`, `european-charter`, `fra`.
        reference: String,
        #[arg(long, value_enum, default_value_t = PageFormat::Table)]
        format: PageFormat,
        /// The file to write; standard output when not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum QuestionsFormat {
    Table,
    Csv,
    Json,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum PageFormat {
    Table,
    Html,
    Json,
}

#[derive(Args)]
pub(crate) struct PeersArgs {
    #[command(subcommand)]
    pub(crate) command: PeersCommand,
    /// A method to use in place of the embedded standard one (TOML or JSON).
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) method: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = TextFormat::Table, global = true)]
    pub(crate) format: TextFormat,
}

#[derive(Subcommand)]
pub(crate) enum PeersCommand {
    /// Cities in a like context, the nearest first, and why.
    Comparators {
        /// A file (TOML or JSON) with variables and the names of tables of context and scores, or a folder that holds `peers.toml`.
        file: PathBuf,
        /// How many; that of the method when not given.
        #[arg(short, value_name = "N")]
        k: Option<usize>,
    },
    /// Tiers of cities that cannot be told apart, in place of ranks.
    Tiers {
        /// A file (TOML or JSON), or a folder that holds `peers.toml`.
        file: PathBuf,
        /// The theme whose scores are compared.
        #[arg(long, value_name = "ID")]
        theme: String,
    },
    /// Who can help whom, in what: the best pairs within what each can carry.
    Mentoring {
        /// A file (TOML or JSON), or a folder that holds `peers.toml`.
        file: PathBuf,
    },
    /// Pairs in which each is strong where the other is weak.
    Twinning {
        /// A file (TOML or JSON), or a folder that holds `peers.toml`.
        file: PathBuf,
    },
    /// What a city would gain if it came to where the best of its comparators are.
    Potential {
        /// A file (TOML or JSON), or a folder that holds `peers.toml`.
        file: PathBuf,
        /// How many comparators; that of the method when not given.
        #[arg(short, value_name = "N")]
        k: Option<usize>,
    },
    /// What became of reviews, commitments and recommendations.
    FollowUp {
        /// Records (TOML or JSON), or a folder that holds `records.toml`.
        file: PathBuf,
        /// The day of the question (year-month-day).
        #[arg(long, value_name = "DATE")]
        as_of: String,
    },
}

#[derive(Args)]
pub(crate) struct InfluenceArgs {
    #[command(subcommand)]
    pub(crate) command: InfluenceCommand,
    /// How sure intervals are, such as 0.9; that of the method when not given.
    #[arg(long, value_name = "SHARE", global = true)]
    pub(crate) confidence: Option<f64>,
    /// A method to use in place of the embedded standard one (TOML or JSON).
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) method: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = TextFormat::Table, global = true)]
    pub(crate) format: TextFormat,
}

#[derive(Subcommand)]
pub(crate) enum InfluenceCommand {
    /// What changed beyond what changed in other cities (difference-in-differences).
    Difference {
        /// A CSV file: city, time, value.
        file: PathBuf,
        /// A city that acted; may be repeated.
        #[arg(long, value_name = "CITY", required = true)]
        treated: Vec<String>,
        /// The first time with the work.
        #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
        from: f64,
    },
    /// Whether the city's own series changed level or slope (interrupted time series).
    Interrupted {
        /// A CSV file: time, value.
        file: PathBuf,
        /// The first time with the work.
        #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
        from: f64,
        /// Over how many steps errors go together; told from the length when not given.
        #[arg(long, value_name = "N")]
        lags: Option<usize>,
    },
    /// How a mix of other cities would have gone on (synthetic control).
    Synthetic {
        /// A CSV file: city, time, value.
        file: PathBuf,
        /// The city that acted.
        #[arg(long)]
        city: String,
        /// The first time with the work.
        #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
        from: f64,
    },
    /// Whether the story holds, link by link (contribution analysis).
    Contribution {
        /// A story (TOML or JSON), or a folder that holds `story.toml`.
        file: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct NewArgs {
    /// The name of the city.
    pub(crate) city: String,
    /// The first day of its road map (year-month-day).
    #[arg(long, value_name = "DATE")]
    pub(crate) start: String,
    /// The folder to make; named after the city when not given.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    /// A catalogue to use in place of the embedded one (canonical JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct SurveyArgs {
    /// The microdata: a CSV file, one row a person or household. People's data: keep it with the data holder.
    pub(crate) file: PathBuf,
    /// How the sample was drawn, what to estimate and for whom (TOML or JSON; see docs/survey.md).
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// Confidence level of the intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    pub(crate) confidence: f64,
    /// How intervals of shares are made.
    #[arg(long, value_enum, default_value_t = ShareInterval::Logit)]
    pub(crate) interval: ShareInterval,
    /// Also test the gaps between the groups of each domain; what is better, more or less?
    #[arg(long, value_enum, value_name = "BETTER")]
    pub(crate) gaps: Option<Better>,
    /// What groups are compared with; the best-off where it is not said.
    #[arg(long, value_enum, requires = "gaps")]
    pub(crate) against: Option<Against>,
    /// The group that the others are compared with, by its code; those of a crossing with ` × ` between them.
    #[arg(long, value_name = "CODE", requires = "gaps")]
    pub(crate) reference: Option<String>,
    /// A method whose significance and smallest group hold (TOML or JSON); the embedded standard one when not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) method: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ShareInterval {
    Logit,
    Wilson,
    KornGraubard,
    StudentT,
}

impl ShareInterval {
    pub(crate) fn word(self) -> &'static str {
        match self {
            ShareInterval::Logit => "logit",
            ShareInterval::Wilson => "wilson",
            ShareInterval::KornGraubard => "korn_graubard",
            ShareInterval::StudentT => "student_t",
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Better {
    Higher,
    Lower,
}

impl Better {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Better::Higher => "higher",
            Better::Lower => "lower",
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Against {
    Best,
    Average,
    Reference,
}

impl Against {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Against::Best => "best",
            Against::Average => "average",
            Against::Reference => "reference",
        }
    }
}
