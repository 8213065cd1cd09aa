//! Inclusion of value sets against an independent judge: random pairs of schemas, answers checked
//! by the `jsonschema` crate on sampled values.

mod contracts;
mod schemas;

use flowgate::value_set::schema::{Role, read_value};
use flowgate::value_set::{Inclusion, SetId, Sets};
use jsonschema::Validator;
use schemas::Dice;
use serde_json::{Value, json};

/// How many pairs of schemas are compared; `FLOWGATE_ORACLE_PAIRS` sets another number.
const PAIRS: u64 = 10_000;
/// How many schemas are compared with each other: one, and changes of it.
const FAMILY: usize = 5;
const FAMILY_PAIRS: u64 = (FAMILY * (FAMILY - 1)) as u64;

fn wanted(standard: u64) -> u64 {
    let written = std::env::var("FLOWGATE_ORACLE_PAIRS").ok();
    written
        .and_then(|number| number.parse().ok())
        .unwrap_or(standard)
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap_or_else(|error| panic!("{schema}: {error}"))
}

struct Side {
    schema: Value,
    judge: Validator,
    set: SetId,
    /// Which samples the judge accepts.
    accepted: Vec<bool>,
}

impl Side {
    fn of(schema: Value, samples: &[Value], sets: &mut Sets) -> Self {
        let judge = validator(&schema);
        Side {
            set: read_value(sets, &schema, Role::Reader).set,
            accepted: samples.iter().map(|value| judge.is_valid(value)).collect(),
            judge,
            schema,
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    yes: u64,
    no: u64,
    undecided: u64,
    contradictions: Vec<String>,
}

impl Tally {
    fn compare(&mut self, sets: &mut Sets, inner: &Side, outer: &Side, samples: &[Value]) {
        match sets.is_subset(inner.set, outer.set) {
            Inclusion::Yes => {
                self.yes += 1;
                let verdicts = inner.accepted.iter().zip(&outer.accepted);
                let mut judged = samples.iter().zip(verdicts);
                let counter = judged.find(|(_, (inner, outer))| **inner && !**outer);
                if let Some((value, _)) = counter {
                    self.contradictions.push(format!(
                        "said yes, but {value}\n  is in     {}\n  not in    {}",
                        inner.schema, outer.schema
                    ));
                }
            }
            Inclusion::No(witness) => {
                self.no += 1;
                if !inner.judge.is_valid(&witness) || outer.judge.is_valid(&witness) {
                    self.contradictions.push(format!(
                        "said no by {witness} ({} / {})\n  inner     {}\n  outer     {}",
                        inner.judge.is_valid(&witness),
                        outer.judge.is_valid(&witness),
                        inner.schema,
                        outer.schema
                    ));
                }
            }
            Inclusion::Undecided(_) => {
                self.undecided += 1;
            }
        }
    }
}

impl Tally {
    #[expect(
        clippy::print_stdout,
        reason = "the figures, for whoever asks for them"
    )]
    fn conclude(&self, least_decided: u64) {
        let decided = self.yes + self.no;
        let all = decided + self.undecided;
        println!(
            "{all} questions: {} yes, {} no, {} undecided",
            self.yes, self.no, self.undecided
        );
        let shown = self.contradictions.len().min(5);
        assert!(
            self.contradictions.is_empty(),
            "{} contradictions:\n{}",
            self.contradictions.len(),
            self.contradictions[..shown].join("\n")
        );
        assert!(
            decided * 100 >= all * least_decided,
            "only {decided} of {all} were decided"
        );
    }
}

/// What a set is by evaluation must be what the judge says.
fn evaluate(tally: &mut Tally, sets: &mut Sets, side: &Side, samples: &[Value]) {
    for (value, judged) in samples.iter().zip(&side.accepted) {
        if sets
            .contains(side.set, value)
            .is_some_and(|own| own != *judged)
        {
            tally.contradictions.push(format!(
                "{value} is judged {judged}, and evaluated otherwise, by\n  {}",
                side.schema
            ));
        }
    }
}

#[test]
fn inclusion_never_contradicts_an_independent_judge() {
    let mut tally = Tally::default();
    for seed in 0..wanted(PAIRS) / FAMILY_PAIRS {
        let mut dice = Dice::new(seed);
        let mut family = vec![dice.schema(3)];
        while family.len() < FAMILY {
            let from = dice.one(&family).clone();
            family.push(if dice.chance(3, 4) {
                dice.varied(&from)
            } else {
                dice.schema(3)
            });
        }
        let samples = dice.samples(&family);
        let mut sets = Sets::new();
        let sides: Vec<Side> = family
            .into_iter()
            .map(|schema| Side::of(schema, &samples, &mut sets))
            .collect();
        evaluate(&mut tally, &mut sets, &sides[0], &samples);
        for (inner, outer) in ordered_pairs(&sides) {
            tally.compare(&mut sets, inner, outer, &samples);
        }
    }
    tally.conclude(99);
}

fn ordered_pairs<T>(sides: &[T]) -> impl Iterator<Item = (&T, &T)> {
    let indices =
        (0..sides.len()).flat_map(|left| (0..sides.len()).map(move |right| (left, right)));
    indices
        .filter(|(left, right)| left != right)
        .map(|(left, right)| (&sides[left], &sides[right]))
}

fn inclusion(inner: &Value, outer: &Value) -> Inclusion {
    let mut sets = Sets::new();
    let inner = read_value(&mut sets, inner, Role::Reader).set;
    let outer = read_value(&mut sets, outer, Role::Reader).set;
    sets.is_subset(inner, outer)
}

#[test]
fn a_schema_is_within_itself_and_in_every_widening_and_widenings_chain() {
    for seed in 0..wanted(4_000) / 20 {
        let mut dice = Dice::new(seed ^ 0x5eed);
        let first = dice.schema(3);
        let second = json!({"anyOf": [first, dice.schema(2)]});
        let third = json!({"anyOf": [dice.schema(2), second]});
        let narrowed = json!({"allOf": [first, dice.schema(2)]});
        for (inner, outer) in [
            (&first, &first),
            (&first, &second),
            (&second, &third),
            (&first, &third),
            (&narrowed, &first),
            (&narrowed, &third),
        ] {
            let answer = inclusion(inner, outer);
            assert!(
                !matches!(answer, Inclusion::No(_)),
                "{answer:?}\n{inner}\n{outer}"
            );
        }
        let reordered = schemas::reordered(&first);
        assert_eq!(inclusion(&first, &reordered), Inclusion::Yes, "{first}");
        assert_eq!(inclusion(&reordered, &first), Inclusion::Yes, "{first}");
    }
}
