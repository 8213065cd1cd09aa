//! `pii-in-violation-sample`: violation logs that would carry personal data.

use crate::declare_rule;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::contract::{Audit, AuditSettings, Contract, Sample, Violations};

declare_rule! {
    /// Finds contracts with personal fields whose violations are logged with the payload as it came.
    ///
    /// Personal are fields with `pii: true`, and, unless they say `pii: false`, text fields with the
    /// format `email` or `phone` or with a name such as `last_name` or `birth_date`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// contract:
    ///   audit: {violations: log, sample: full, timestamp: source}
    /// ```
    ///
    /// ```yaml,good
    /// contract:
    ///   audit: {violations: log, sample: masked, timestamp: source}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write `sample: masked`, which keeps the shape of the payload and hides personal fields;
    /// `flowgate check --fix` does.
    pub static RULE = {
        check: On::Contract(check),
        id: "pii-in-violation-sample",
        summary: "a violation log that would carry personal data",
        why: "logs are read by more people, and kept for longer, than the data they quote",
        family: Data,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(contract: &Entity<Contract>, context: &mut Context<'_>) {
    let personal = contract.body.personal_fields();
    let Some(audit) = &contract.body.audit else {
        return;
    };
    let Some(first) = personal.first() else {
        return;
    };
    let names: Vec<String> = personal
        .iter()
        .map(|field| format!("`{}`", field.value))
        .collect();
    let message = format!("violation logs would show {} as it came", names.join(", "));
    let finding = |span: Span, context: &Context<'_>| -> Diagnostic {
        context
            .finding(span, message.clone())
            .label(first.span, format!("`{}` is personal", first.value))
            .help("log a masked sample, with `sample: masked`")
    };
    match &audit.value {
        Audit::Structured(settings) => {
            if let Some(sample) = full_sample(settings) {
                let finding = finding(sample.span, context);
                context.report(finding.fix(Fix::replace(sample.span, "masked")));
            }
        }
        Audit::Prose(sentences) => {
            for sentence in sentences
                .iter()
                .filter(|sentence| logs_payload(&sentence.value))
            {
                let finding = finding(sentence.span, context);
                let edit = (sentences.len() == 1)
                    .then(|| structured(contract, audit.span, &sentence.value, context));
                context.report(finding.safe_fix(edit.flatten()));
            }
        }
    }
}

fn full_sample(settings: &AuditSettings) -> Option<&Spanned<Sample>> {
    let violations = settings
        .violations
        .as_ref()
        .map(|violations| violations.value);
    let sample = settings.sample.as_ref()?;
    (sample.value == Sample::Full && violations != Some(Violations::Ignore)).then_some(sample)
}

/// True for sentences such as `log all contract violations with payload sample`.
fn logs_payload(sentence: &str) -> bool {
    const KEPT_OUT: [&str; 6] = [
        "mask",
        "redact",
        "without",
        "anonym",
        "pseudonym",
        "no payload",
    ];
    let sentence = sentence.to_ascii_lowercase();
    sentence.contains("log")
        && (sentence.contains("sample") || sentence.contains("payload"))
        && !KEPT_OUT.iter().any(|word| sentence.contains(word))
}

/// The sentence as settings, on the line of its key where no comment stands between.
fn structured(
    contract: &Entity<Contract>,
    audit: Span,
    sentence: &str,
    context: &Context<'_>,
) -> Option<Edit> {
    let entry = context.entry_below(contract.key, "audit")?;
    if entry.value.is_alias() {
        return None;
    }
    let gap = Span {
        start: entry.key.span().end,
        end: audit.start,
        ..audit
    };
    let timestamp = if sentence.to_ascii_lowercase().contains("source timestamp") {
        ", timestamp: source"
    } else {
        ""
    };
    let settings = format!("{{violations: log, sample: masked{timestamp}}}");
    if context.sources.text(gap).contains('#') {
        return Some(Edit {
            span: audit,
            text: settings,
        });
    }
    Some(Edit {
        span: gap.to(audit),
        text: format!(": {settings}"),
    })
}
