//! The command line: arguments, dispatch, exit codes. The only module that prints.

mod approvals;
mod approve;
mod check;
mod chosen;
mod codeowners;
mod compile;
mod contract;
mod diff;
mod explain;
mod failure;
mod new;
mod opening;
mod output;
mod overview;
mod policy;
mod readiness;
mod release;
mod run;
mod schema;
mod test;
mod version;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use failure::Failure;
pub use new::STARTER;
use output::Status;

/// The explanation of exit codes, at the end of the help.
const EXIT_CODES: &str = "Exit codes: 0 nothing at or above the failing level; 1 findings, a version bump that is too small, \
artifacts that differ, a scenario or a case that fails, or a workflow that is not ready; 2 flowgate could not do its work.";

/// Checks, compares and compiles business workflows that are kept as files in git.
#[derive(Debug, Parser)]
#[command(name = "flowgate", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    New(new::NewArguments),
    Check(check::CheckArguments),
    Diff(diff::DiffArguments),
    Version(version::VersionArguments),
    Status(release::StatusArguments),
    Approve(approve::ApproveArguments),
    Approvals(approvals::ApprovalsArguments),
    Codeowners(codeowners::CodeownersArguments),
    Release(release::ReleaseArguments),
    Compile(compile::CompileArguments),
    Policy(policy::PolicyArguments),
    Test(test::TestArguments),
    Run(run::RunArguments),
    Readiness(readiness::ReadinessArguments),
    Contract(contract::ContractArguments),
    Explain(explain::ExplainArguments),
    Schema(schema::SchemaArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Prints the completions of a shell.
#[derive(Debug, Args)]
struct CompletionsArguments {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Prints the manual page.
#[derive(Debug, Args)]
struct ManArguments {}

/// The definition of the command line, for help, completions and manual.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let result = dispatch(&arguments, &mut out).and_then(|status| {
        out.flush()?;
        Ok(status)
    });
    match result {
        Ok(status) => status.exit_code(),
        // Whoever read the output has seen enough.
        Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            // Findings that were written before the failure belong above it.
            let flushed = out.flush();
            let told = writeln!(io::stderr(), "{failure}");
            drop((flushed, told));
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: &Arguments, out: &mut dyn Write) -> Result<Status, Failure> {
    match &arguments.verb {
        None => overview::run(out),
        Some(Verb::New(arguments)) => new::run(arguments, out),
        Some(Verb::Check(arguments)) => check::run(arguments, out),
        Some(Verb::Diff(arguments)) => diff::run(arguments, out),
        Some(Verb::Version(arguments)) => version::run(arguments, out),
        Some(Verb::Status(arguments)) => release::status(arguments, out),
        Some(Verb::Approve(arguments)) => approve::run(arguments, out),
        Some(Verb::Approvals(arguments)) => approvals::run(arguments, out),
        Some(Verb::Codeowners(arguments)) => codeowners::run(arguments, out),
        Some(Verb::Release(arguments)) => release::run(arguments, out),
        Some(Verb::Compile(arguments)) => compile::run(arguments, out),
        Some(Verb::Policy(arguments)) => policy::run(arguments, out),
        Some(Verb::Test(arguments)) => test::run(arguments, out),
        Some(Verb::Run(arguments)) => run::run(arguments, out),
        Some(Verb::Readiness(arguments)) => readiness::run(arguments, out),
        Some(Verb::Contract(arguments)) => contract::run(arguments, out),
        Some(Verb::Explain(arguments)) => explain::run(arguments, out),
        Some(Verb::Schema(arguments)) => schema::run(arguments, out),
        Some(Verb::Completions(arguments)) => {
            clap_complete::generate(arguments.shell, &mut command(), "flowgate", &mut &mut *out);
            Ok(Status::Clean)
        }
        Some(Verb::Man(_)) => {
            clap_mangen::Man::new(command()).render(&mut &mut *out)?;
            Ok(Status::Clean)
        }
    }
}
