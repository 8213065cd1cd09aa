//! The `flowgate` program: everything it does is in the library.

fn main() -> std::process::ExitCode {
    flowgate::cli::main()
}
