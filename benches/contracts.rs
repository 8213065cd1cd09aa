//! Comparing two versions of a contract.

use std::hint::black_box;

use divan::Bencher;
use flowgate::check::{Loaded, load};
use flowgate::compat::{Side, assess};
use flowgate::model::Surroundings;
use flowgate::source::Sources;
use flowgate::value_set::Sets;
use flowgate::value_set::schema::{Role, read_value};
use serde_json::json;

fn main() {
    divan::main();
}

/// A contract of fields of every type; every tenth differs by version.
fn contract(fields: usize, changed: bool) -> Loaded {
    let mut text = String::from(
        "contract:\n  name: wide.record.v1\n  version: 1.0.0\n  producer: Shop\n  schema:\n",
    );
    for index in 0..fields {
        let most = if changed && index % 10 == 0 { 40 } else { 80 };
        let field = match index % 5 {
            0 => format!("{{type: string, required: true, max_length: {most}}}"),
            1 => "{type: decimal, required: true, min: 0, multiple_of: 0.01}".to_owned(),
            2 => "{type: string, pattern: \"[A-Z]{2}[0-9]{4}\"}".to_owned(),
            3 => "{type: list, items: {type: string, enum: [a, b, c]}}".to_owned(),
            _ => "{type: date, required: true, min: \"2020-01-01\"}".to_owned(),
        };
        text.push_str(&format!("    field_{index}: {field}\n"));
    }
    let mut sources = Sources::default();
    sources.add("contract.yaml", text);
    load(sources, |_| Surroundings::on(jiff::civil::date(2026, 8, 1)))
}

/// All of `diff`: changes, verdicts, and a confirmed payload for each break.
#[divan::bench(args = [20, 200])]
fn verdicts(bencher: Bencher<'_, '_>, fields: usize) {
    let (before, after) = (contract(fields, false), contract(fields, true));
    bencher.bench_local(|| black_box(assess(side(&before), side(&after))));
}

fn side(loaded: &Loaded) -> Side<'_> {
    Side {
        model: &loaded.model,
        sources: &loaded.sources,
    }
}

/// The inclusion of two whole records, as for a JSON Schema file.
#[divan::bench(args = [20, 200])]
fn inclusion(bencher: Bencher<'_, '_>, fields: usize) {
    let record = |loaded: &Loaded, role| {
        let contract = loaded.model.contract("wide.record.v1");
        let fields = contract
            .map(|contract| contract.body.fields())
            .unwrap_or_default();
        flowgate::model::shape::schema::of_fields(&fields, role)
    };
    let writer = record(&contract(fields, false), Role::Writer);
    let reader = record(&contract(fields, false), Role::Reader);
    let narrower = record(&contract(fields, true), Role::Reader);
    bencher.bench_local(|| {
        let mut sets = Sets::new();
        let written = read_value(&mut sets, &writer, Role::Reader).set;
        let same = read_value(&mut sets, &reader, Role::Reader).set;
        let less = read_value(&mut sets, &narrower, Role::Reader).set;
        black_box((sets.is_subset(written, same), sets.is_subset(written, less)))
    });
}

/// Two patterns that mean the same.
#[divan::bench]
fn patterns(bencher: Bencher<'_, '_>) {
    let pattern = |pattern: &str| json!({"type": "string", "pattern": pattern});
    let (left, right) = (
        pattern("^[A-Z]{2}[0-9]{4,12}$"),
        pattern("^[A-Z][A-Z]\\d{4}\\d{0,8}$"),
    );
    bencher.bench_local(|| {
        let mut sets = Sets::new();
        let left = read_value(&mut sets, &left, Role::Reader).set;
        let right = read_value(&mut sets, &right, Role::Reader).set;
        black_box(sets.is_subset(left, right))
    });
}
