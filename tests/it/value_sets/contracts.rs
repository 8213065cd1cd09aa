//! Random contracts: the verdicts of `diff` against what validators say about sampled payloads.

use flowgate::check::{Loaded, load};
use flowgate::compat::{Direction, Proof, Side, assess};
use flowgate::model::Surroundings;
use flowgate::model::shape::schema::{Role, of_fields};
use flowgate::source::Sources;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::schemas::Dice;
use super::{ordered_pairs, validator, wanted};

/// How many pairs of contracts are compared.
const PAIRS: u64 = 800;
const NAMES: [&str; 3] = ["code", "total", "extra"];

#[expect(clippy::too_many_lines, reason = "one table of what a field may say")]
fn field(dice: &mut Dice, depth: u32) -> String {
    let mut keys = Vec::new();
    match dice.below(if depth > 0 { 8 } else { 5 }) {
        0 | 1 => {
            keys.push("type: string".to_owned());
            if dice.chance(1, 3) {
                let pattern = *dice.one(&["[a-c]+", "[a-c]{2}", "a.*", "\\\\d{1,2}", "(a|b)*"]);
                keys.push(format!("pattern: \"{pattern}\""));
            }
            if dice.chance(1, 5) {
                let format = *dice.one(&["uuid", "email", "ipv4", "iso-currency"]);
                keys.push(format!("format: {format}"));
            }
            if dice.chance(1, 3) {
                keys.push(format!("min_length: {}", dice.below(4)));
            }
            if dice.chance(1, 3) {
                keys.push(format!("max_length: {}", 1 + dice.below(4)));
            }
            if dice.chance(1, 4) {
                let values = *dice.one(&["[a, b]", "[a, b, ab]", "[ab]", "[EUR, a]"]);
                keys.push(format!("enum: {values}"));
                keys.push(format!("open: {}", dice.chance(1, 3)));
            }
        }
        2 | 3 => {
            keys.push(format!("type: {}", dice.one(&["integer", "decimal"])));
            for key in ["min", "max", "min_exclusive", "max_exclusive"] {
                if dice.chance(1, 3) {
                    keys.push(format!(
                        "{key}: {}",
                        dice.one(&["0", "1", "2.5", "3", "10"])
                    ));
                }
            }
            if dice.chance(1, 4) {
                keys.push(format!(
                    "multiple_of: {}",
                    dice.one(&["2", "3", "4", "0.5"])
                ));
            }
        }
        4 => {
            keys.push("type: date".to_owned());
            for key in ["min", "max"] {
                if dice.chance(1, 2) {
                    let day = *dice.one(&["2026-01-02", "2026-01-10", "2025-12-31"]);
                    keys.push(format!("{key}: \"{day}\""));
                }
            }
        }
        5 => {
            keys.push("type: list".to_owned());
            keys.push(format!("items: {}", field(dice, depth - 1)));
            if dice.chance(1, 3) {
                keys.push(format!("min_items: {}", dice.below(3)));
            }
            if dice.chance(1, 3) {
                keys.push(format!("max_items: {}", 1 + dice.below(3)));
            }
            if dice.chance(1, 3) {
                keys.push("unique_items: true".to_owned());
            }
        }
        6 => {
            keys.push("type: map".to_owned());
            keys.push(format!("values: {}", field(dice, depth - 1)));
        }
        _ => {
            keys.push("type: object".to_owned());
            keys.push(format!("properties: {}", fields(dice, depth - 1)));
        }
    }
    if dice.chance(2, 3) {
        keys.push("required: true".to_owned());
    }
    if dice.chance(1, 5) {
        keys.push("nullable: true".to_owned());
    }
    format!("{{{}}}", keys.join(", "))
}

fn fields(dice: &mut Dice, depth: u32) -> String {
    let names: Vec<&str> = NAMES.into_iter().filter(|_| dice.chance(2, 3)).collect();
    let names = if names.is_empty() {
        vec!["code"]
    } else {
        names
    };
    let fields = names
        .into_iter()
        .map(|name| format!("{name}: {}", field(dice, depth)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// A contract by the definitions of its fields.
fn contract(definitions: &[(&str, String)]) -> Loaded {
    let mut text = String::from(
        "contract:\n  name: pair.test.v1\n  version: 1.0.0\n  producer: P\n  schema:\n",
    );
    for (name, definition) in definitions {
        text.push_str(&format!("    {name}: {definition}\n"));
    }
    let mut sources = Sources::default();
    sources.add("contract.yaml", text);
    load(sources, |_| Surroundings::on(jiff::civil::date(2026, 8, 1)))
}

struct Contract {
    loaded: Loaded,
    reader: Validator,
    accepted_by_reader: Vec<bool>,
    emitted: Vec<bool>,
}

impl Contract {
    fn of(definitions: &[(&str, String)], samples: &[Value]) -> Self {
        let loaded = contract(definitions);
        let fields = loaded.model.contract("pair.test.v1").unwrap().body.fields();
        let reader = validator(&of_fields(&fields, Role::Reader));
        let writer = validator(&of_fields(&fields, Role::Writer));
        let judged = |judge: &Validator| {
            samples
                .iter()
                .map(|sample| judge.is_valid(sample))
                .collect()
        };
        Contract {
            accepted_by_reader: judged(&reader),
            emitted: judged(&writer),
            reader,
            loaded,
        }
    }

    fn side(&self) -> Side<'_> {
        Side {
            model: &self.loaded.model,
            sources: &self.loaded.sources,
        }
    }
}

fn samples(dice: &mut Dice) -> Vec<Value> {
    let scalars = [
        json!(null),
        json!(""),
        json!("a"),
        json!("b"),
        json!("ab"),
        json!("abc"),
        json!("12"),
        json!("EUR"),
        json!("1.2.3.4"),
        json!("a@b.cd"),
        json!("2026-01-02"),
        json!("2026-01-09"),
        json!("2027-01-01"),
        json!("123e4567-e89b-12d3-a456-426614174000"),
        json!(0),
        json!(1),
        json!(2),
        json!(2.5),
        json!(3),
        json!(4),
        json!(10),
        json!(12),
        json!(0.5),
    ];
    let mut values = scalars.to_vec();
    for _ in 0..30 {
        let count = dice.below(4);
        values.push((0..count).map(|_| dice.one(&scalars).clone()).collect());
        values.push(record(dice, &scalars));
    }
    (0..250).map(|_| record(dice, &values)).collect()
}

fn record(dice: &mut Dice, values: &[Value]) -> Value {
    let names: Vec<&str> = NAMES.into_iter().filter(|_| dice.chance(3, 4)).collect();
    let entries: Map<String, Value> = names
        .into_iter()
        .map(|name| (name.to_owned(), dice.one(values).clone()))
        .collect();
    Value::Object(entries)
}

fn varied<'n>(dice: &mut Dice, from: &[(&'n str, String)]) -> Vec<(&'n str, String)> {
    let mut varied = from.to_vec();
    let index = dice.below(varied.len());
    match dice.below(8) {
        0 if varied.len() > 1 => {
            varied.remove(index);
        }
        1 => varied[index].1 = field(dice, 2),
        2 => {
            let definition = varied[index].1.clone();
            varied[index].1 = match definition.contains("required: true") {
                true => definition.replacen("required: true", "required: false", 1),
                false => definition.replacen('}', ", required: true}", 1),
            };
        }
        _ => {
            // Another field of the same type differs in some keys only.
            let kind = |definition: &str| definition.split([',', '}']).next().map(str::to_owned);
            let wanted = kind(&varied[index].1);
            let other = (0..40)
                .map(|_| field(dice, 2))
                .find(|definition| kind(definition) == wanted);
            if let Some(other) = other {
                varied[index].1 = other;
            }
        }
    }
    varied
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "the question reads better in one piece"
)]
fn verdicts_on_contracts_never_contradict_validators() {
    let mut contradictions = Vec::new();
    let (mut questions, mut breaking, mut witnesses) = (0, 0, 0);
    for seed in 0..wanted(PAIRS) / super::FAMILY_PAIRS {
        let mut dice = Dice::new(seed ^ 0xc0de);
        let samples = samples(&mut dice);
        let first: Vec<(&str, String)> = NAMES.map(|name| (name, field(&mut dice, 2))).to_vec();
        let mut family = vec![first];
        while family.len() < super::FAMILY {
            let from = dice.one(&family).clone();
            family.push(varied(&mut dice, &from));
        }
        let family: Vec<Contract> = family
            .iter()
            .map(|definitions| Contract::of(definitions, &samples))
            .collect();
        for (before, after) in ordered_pairs(&family) {
            let impact = assess(before.side(), after.side());
            let changes = impact
                .documents
                .iter()
                .flat_map(|document| &document.changes);
            let (mut backward, mut forward) = (false, false);
            for judged in changes {
                let verdict = &judged.verdict;
                backward |= matches!(verdict.direction, Direction::Backward | Direction::Both);
                forward |= matches!(verdict.direction, Direction::Forward | Direction::Both);
                let witness = verdict.witness.as_ref();
                // What only two records show, or what is read otherwise, no validator can judge.
                let Some(witness) = witness.filter(|witness| witness.proof == Proof::Refused)
                else {
                    continue;
                };
                witnesses += 1;
                let refusing = match witness.rejected_by.as_str() {
                    "after" => after,
                    _ => before,
                };
                if refusing.reader.is_valid(&witness.payload) {
                    contradictions.push(format!("{} is no proof", witness.payload));
                }
            }
            questions += 2;
            breaking += u64::from(backward) + u64::from(forward);
            for (claimed, from, to) in [(backward, before, after), (forward, after, before)] {
                let refused = from.emitted.iter().zip(&to.accepted_by_reader);
                let counter = refused
                    .into_iter()
                    .position(|(emitted, read)| *emitted && !read);
                if let Some(index) = counter
                    && !claimed
                {
                    let text = |side: &Contract| {
                        let (_, file) = side.loaded.sources.iter().next().unwrap();
                        file.text().to_owned()
                    };
                    contradictions.push(format!(
                        "said fine, but {}\n{}\n{}",
                        samples[index],
                        text(from),
                        text(to)
                    ));
                }
            }
        }
    }
    println!("{questions} questions: {breaking} broken, {witnesses} proofs");
    let shown = contradictions.len().min(3);
    assert!(
        contradictions.is_empty(),
        "{} contradictions:\n{}",
        contradictions.len(),
        contradictions[..shown].join("\n")
    );
}
