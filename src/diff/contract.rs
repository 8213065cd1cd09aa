//! Facts about contracts as a whole.

use std::cmp::Ordering;

use sha2::{Digest, Sha256};

use super::documents::{compare_acceptances, compare_life, compare_reserved, compare_suppressions};
use super::fact::Fact;
use super::field;
use super::kind::{ContractChange, DocumentChange};
use super::quality;
use super::recorder::{Places, Presence, Recorder};
use crate::model::ProjectFiles;
use crate::model::json_schema::SchemaFile;
use crate::model::quantity::number;
use crate::source::{Span, Spanned};
use crate::syntax::contract::{
    Audit, Compatibility, Contract, Freshness, LogTimestamp, Sample, Violations,
};
use crate::syntax::document::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::scalars::Literal;

/// Compares two versions of a contract.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Contract>,
    after: &Entity<Contract>,
) {
    let names = (&before.name, &after.name);
    let (old, new) = (&before.body, &after.body);
    compare_life(
        recorder,
        (&old.status, &old.sunset),
        (&new.status, &new.sunset),
        names,
    );
    compare_words(recorder, before, after);
    compare_people(recorder, old, new);
    compare_promises(recorder, old, new);
    compare_compatibility(recorder, before, after);
    recorder.within("schema", |recorder| {
        field::compare_all(recorder, &old.fields(), &new.fields());
    });
    compare_schema_file(recorder, old, new);
    quality::compare(recorder, &old.quality_rules, &new.quality_rules);
    let reserved = |contract: &Contract| {
        let names = contract.reserved.iter();
        names
            .map(|name| Fact::new(name.value.text.clone(), name.span))
            .collect()
    };
    compare_reserved(recorder, "reserved", reserved(old), reserved(new));
    compare_audit(recorder, before, after);
    compare_suppressions(recorder, &old.suppress, &new.suppress);
    compare_acceptances(recorder, &old.accept, &new.accept);
}

fn compare_words(recorder: &mut Recorder<'_>, before: &Entity<Contract>, after: &Entity<Contract>) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("title", &old.title, &new.title);
    recorder.text("summary", &old.summary, &new.summary);
    recorder.texts("tags", &old.tags, &new.tags);
    recorder.texts("change_rules", &old.change_rules, &new.change_rules);
    let places = Places {
        before: before.key,
        after: after.key,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

fn compare_people(recorder: &mut Recorder<'_>, before: &Contract, after: &Contract) {
    let owner = |contract: &Contract| contract.owner.as_ref().map(|owner| Fact::text(&owner.name));
    recorder.compare(
        "owner",
        "owner",
        Presence::any(DocumentChange::OwnerChanged),
        owner(before),
        owner(after),
    );
    let producer = |contract: &Contract| {
        contract
            .producer
            .as_ref()
            .map(|producer| Fact::text(&producer.name))
    };
    recorder.compare(
        "producer",
        "producer",
        Presence::any(ContractChange::ProducerChanged),
        producer(before),
        producer(after),
    );
    let consumers = |contract: &Contract| {
        let names = contract.consumers.iter();
        names.map(|consumer| Fact::text(&consumer.name)).collect()
    };
    recorder.members(
        "consumers",
        None,
        ContractChange::ConsumerAdded,
        ContractChange::ConsumerRemoved,
        consumers(before),
        consumers(after),
    );
}

fn compare_promises(recorder: &mut Recorder<'_>, before: &Contract, after: &Contract) {
    use ContractChange::{
        AvailabilityLoosened, AvailabilityTightened, FreshnessLoosened, FreshnessTightened,
    };
    let freshness = |freshness: &Option<Spanned<Freshness>>| {
        let freshness = freshness.as_ref();
        freshness.map(|freshness| Fact::duration(&freshness.map(|freshness| freshness.limit)))
    };
    let seconds = |freshness: &Spanned<Freshness>| freshness.value.limit.elapsed_seconds();
    let older = match (&before.freshness_sla, &after.freshness_sla) {
        (Some(before), Some(after)) => seconds(after) > seconds(before),
        (_, after) => after.is_none(),
    };
    recorder.compare(
        "freshness_sla",
        "freshness",
        Presence::any(if older {
            FreshnessLoosened
        } else {
            FreshnessTightened
        }),
        freshness(&before.freshness_sla),
        freshness(&after.freshness_sla),
    );
    let away_longer = match (&before.availability, &after.availability) {
        (Some(before), Some(after)) => {
            share(&after.value).cmp(&share(&before.value)) == Ordering::Less
        }
        (_, after) => after.is_none(),
    };
    recorder.compare(
        "availability",
        "availability",
        Presence::any(if away_longer {
            AvailabilityLoosened
        } else {
            AvailabilityTightened
        }),
        before.availability.as_ref().map(Fact::literal),
        after.availability.as_ref().map(Fact::literal),
    );
}

fn share(literal: &Literal) -> Option<rust_decimal::Decimal> {
    let text = literal.text().trim();
    match text.strip_suffix('%') {
        Some(percent) => number(percent.trim()),
        None => number(text).map(|share| {
            if share <= rust_decimal::Decimal::ONE {
                share * rust_decimal::Decimal::ONE_HUNDRED
            } else {
                share
            }
        }),
    }
}

/// A pairwise promise weighs less than the same one for every released version; both directions
/// weigh more than one.
fn weight(compatibility: Compatibility) -> u8 {
    match compatibility {
        Compatibility::None => 0,
        Compatibility::Backward | Compatibility::Forward => 1,
        Compatibility::BackwardTransitive | Compatibility::ForwardTransitive => 2,
        Compatibility::Full => 3,
        Compatibility::FullTransitive => 4,
    }
}

fn compare_compatibility(
    recorder: &mut Recorder<'_>,
    before: &Entity<Contract>,
    after: &Entity<Contract>,
) {
    let written = |contract: &Entity<Contract>| {
        let default = Spanned::new(Compatibility::Full, contract.key);
        contract.body.compatibility.unwrap_or(default)
    };
    let (old, new) = (written(before), written(after));
    let kind = if weight(new.value) > weight(old.value) {
        ContractChange::CompatibilityTightened
    } else {
        ContractChange::CompatibilityRelaxed
    };
    let fact = |promise: &Spanned<Compatibility>| Fact::word(promise, Compatibility::as_str);
    recorder.compare(
        "compatibility",
        &after.name.value,
        Presence::any(kind),
        Some(fact(&old)),
        Some(fact(&new)),
    );
}

/// Files are compared by what is in them: neither layout nor the name of a file counts. The digest
/// tells versions of a file apart.
fn compare_schema_file(recorder: &mut Recorder<'_>, before: &Contract, after: &Contract) {
    let fact = |contract: &Contract, files: &ProjectFiles| {
        let path = &contract.json_schema.as_ref()?.path;
        let Some(schema) = SchemaFile::of(contract, files) else {
            return Some(Fact::text(path));
        };
        let canonical = schema.canonical();
        let digest = Sha256::digest(canonical.as_bytes());
        let digest: String = digest
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let text = format!("{} ({digest})", path.value);
        Some(Fact::new(text, path.span).compared_by(canonical))
    };
    let old = fact(before, &recorder.before.surroundings.files);
    let new = fact(after, &recorder.after.surroundings.files);
    recorder.compare(
        "json_schema",
        "json_schema",
        Presence::any(ContractChange::SchemaFileChanged),
        old,
        new,
    );
}

/// What a violation log keeps, from sentences or settings.
struct Log {
    violations: bool,
    sample: Sample,
    timestamp: LogTimestamp,
    retention: Option<Duration>,
    span: Span,
    sentences: Vec<Spanned<String>>,
}

impl Log {
    fn of(contract: &Entity<Contract>) -> Self {
        let mut log = Log {
            violations: false,
            sample: Sample::None,
            timestamp: LogTimestamp::Receiver,
            retention: None,
            span: contract.key,
            sentences: Vec::new(),
        };
        match &contract.body.audit {
            None => {}
            Some(written) => {
                log.span = written.span;
                match &written.value {
                    Audit::Prose(sentences) => log.read(sentences),
                    Audit::Structured(settings) => {
                        let word = |word: Option<Spanned<Violations>>| word.map(|word| word.value);
                        log.violations = word(settings.violations) != Some(Violations::Ignore);
                        log.sample = settings.sample.map_or(Sample::None, |sample| sample.value);
                        log.timestamp = settings
                            .timestamp
                            .map_or(LogTimestamp::Receiver, |timestamp| timestamp.value);
                        log.retention = settings.retention.map(|retention| retention.value);
                    }
                }
            }
        }
        log
    }

    fn read(&mut self, sentences: &[Spanned<String>]) {
        for sentence in sentences {
            let text = sentence.value.to_lowercase();
            if !text.contains("log") || !text.contains("violation") {
                self.sentences.push(sentence.clone());
                continue;
            }
            self.violations = true;
            if text.contains("sample") {
                let masked = text.contains("masked");
                self.sample = if masked { Sample::Masked } else { Sample::Full };
            }
            if text.contains("source timestamp") {
                self.timestamp = LogTimestamp::Source;
            }
        }
    }
}

fn compare_audit(recorder: &mut Recorder<'_>, before: &Entity<Contract>, after: &Entity<Contract>) {
    use ContractChange::{
        ViolationLogAdded, ViolationLogRemoved, ViolationSampleMasked, ViolationSampleUnmasked,
    };
    let (old, new) = (Log::of(before), Log::of(after));
    let name = &after.name.value;
    let shown = |sample: Sample| match sample {
        Sample::None => 0,
        Sample::Masked => 1,
        Sample::Full => 2,
    };
    recorder.within("audit", |recorder| {
        let word = |log: &Log| {
            Some(Fact::new(
                if log.violations { "logged" } else { "ignored" },
                log.span,
            ))
        };
        let kind = if new.violations {
            ViolationLogAdded
        } else {
            ViolationLogRemoved
        };
        recorder.compare(
            "violations",
            name,
            Presence::any(kind),
            word(&old),
            word(&new),
        );
        let word = |log: &Log| Some(Fact::new(log.sample.as_str(), log.span));
        let kind = if shown(new.sample) > shown(old.sample) {
            ViolationSampleUnmasked
        } else {
            ViolationSampleMasked
        };
        recorder.compare("sample", name, Presence::any(kind), word(&old), word(&new));
        let word = |log: &Log| Some(Fact::new(log.timestamp.as_str(), log.span));
        recorder.compare(
            "timestamp",
            "timestamp",
            Presence::any(DocumentChange::TextChanged),
            word(&old),
            word(&new),
        );
        compare_retention(
            recorder,
            old.retention
                .map(|retention| Spanned::new(retention, old.span)),
            new.retention
                .map(|retention| Spanned::new(retention, new.span)),
        );
        recorder.texts("sentences", &old.sentences, &new.sentences);
    });
}

/// How long a log is kept; absent means for ever.
pub(super) fn compare_retention(
    recorder: &mut Recorder<'_>,
    before: Option<Spanned<Duration>>,
    after: Option<Spanned<Duration>>,
) {
    let shorter = match (&before, &after) {
        (Some(before), Some(after)) => {
            after.value.elapsed_seconds() < before.value.elapsed_seconds()
        }
        (before, _) => before.is_none(),
    };
    let kind = if shorter {
        DocumentChange::AuditWeakened
    } else {
        DocumentChange::AuditStrengthened
    };
    recorder.compare(
        "retention",
        "retention",
        Presence::any(kind),
        before.as_ref().map(Fact::duration),
        after.as_ref().map(Fact::duration),
    );
}
