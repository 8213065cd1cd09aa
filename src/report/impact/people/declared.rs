//! Families of changes whose declared sentences are said to people as they are, or not at all.

use super::Voice;
use crate::diff::kind::{
    ContractChange, DirectoryChange, DocumentChange, FieldChange, OperationChange, PolicyChange,
    ValuesChange,
};

pub(super) fn document(kind: DocumentChange) -> Voice {
    match kind {
        DocumentChange::TextChanged
        | DocumentChange::ExtensionChanged
        | DocumentChange::ContactChanged
        | DocumentChange::ReservedNameAdded => Voice::Silent,
        DocumentChange::OwnerChanged
        | DocumentChange::BackupChanged
        | DocumentChange::DocumentActivated
        | DocumentChange::DocumentWithdrawn
        | DocumentChange::DocumentDeprecated
        | DocumentChange::DocumentRetired
        | DocumentChange::DocumentReinstated
        | DocumentChange::SunsetAdvanced
        | DocumentChange::SunsetPostponed
        | DocumentChange::SuppressionAdded
        | DocumentChange::SuppressionRemoved
        | DocumentChange::ReservedNameReleased
        | DocumentChange::RiskLabelAdded
        | DocumentChange::RiskLabelRemoved
        | DocumentChange::AuditStrengthened
        | DocumentChange::AcceptanceAdded
        | DocumentChange::AcceptanceRemoved
        | DocumentChange::AuditWeakened => Voice::AsDeclared,
    }
}

pub(super) fn contract(kind: ContractChange) -> Voice {
    match kind {
        ContractChange::ContractAdded
        | ContractChange::ContractRemoved
        | ContractChange::ContractRenamed
        | ContractChange::ProducerChanged
        | ContractChange::ConsumerAdded
        | ContractChange::ConsumerRemoved
        | ContractChange::FreshnessTightened
        | ContractChange::FreshnessLoosened
        | ContractChange::AvailabilityTightened
        | ContractChange::AvailabilityLoosened
        | ContractChange::QualityRuleAdded
        | ContractChange::QualityRuleRemoved
        | ContractChange::QualityRuleTightened
        | ContractChange::QualityRuleLoosened
        | ContractChange::QualityRuleChanged
        | ContractChange::CompatibilityTightened
        | ContractChange::CompatibilityRelaxed
        | ContractChange::ViolationLogAdded
        | ContractChange::ViolationLogRemoved
        | ContractChange::ViolationSampleMasked
        | ContractChange::ViolationSampleUnmasked
        | ContractChange::SchemaFileChanged => Voice::AsDeclared,
    }
}

pub(super) fn field(kind: FieldChange) -> Voice {
    match kind {
        FieldChange::FieldUnitAdded
        | FieldChange::PiiMarked
        | FieldChange::FieldReinstated
        | FieldChange::FieldSunsetPostponed => Voice::Silent,
        FieldChange::FieldRequiredAdded
        | FieldChange::FieldDefaultedAdded
        | FieldChange::FieldOptionalAdded
        | FieldChange::FieldRequiredRemoved
        | FieldChange::FieldDefaultedRemoved
        | FieldChange::FieldOptionalRemoved
        | FieldChange::FieldRenamed
        | FieldChange::FieldMadeRequired
        | FieldChange::FieldMadeOptional
        | FieldChange::FieldMadeNullable
        | FieldChange::FieldMadeNonNull
        | FieldChange::FieldTypeWidened
        | FieldChange::FieldTypeNarrowed
        | FieldChange::FieldTypeChanged
        | FieldChange::FieldUnitChanged
        | FieldChange::DefaultChanged
        | FieldChange::ClassificationRaised
        | FieldChange::ClassificationLowered
        | FieldChange::PiiUnmarked
        | FieldChange::FieldDeprecated
        | FieldChange::FieldSunsetAdvanced => Voice::AsDeclared,
    }
}

pub(super) fn values(kind: ValuesChange) -> Voice {
    match kind {
        ValuesChange::OpenEnumValueAdded | ValuesChange::OpenEnumValueRemoved => Voice::Silent,
        ValuesChange::EnumValueAdded
        | ValuesChange::EnumValueRemoved
        | ValuesChange::EnumAdded
        | ValuesChange::EnumRemoved
        | ValuesChange::EnumOpened
        | ValuesChange::EnumClosed
        | ValuesChange::FormatAdded
        | ValuesChange::FormatRemoved
        | ValuesChange::FormatChanged
        | ValuesChange::ConstraintTightened
        | ValuesChange::ConstraintLoosened
        | ValuesChange::ConstraintChanged
        | ValuesChange::PatternAdded
        | ValuesChange::PatternRemoved
        | ValuesChange::PatternChanged
        | ValuesChange::KeyAdded
        | ValuesChange::KeyRemoved
        | ValuesChange::UniquenessAdded
        | ValuesChange::UniquenessRemoved => Voice::AsDeclared,
    }
}

pub(super) fn operation(kind: OperationChange) -> Voice {
    match kind {
        OperationChange::SuccessMetricAdded
        | OperationChange::SuccessMetricChanged
        | OperationChange::MonitorAdded
        | OperationChange::ReviewCadenceChanged
        | OperationChange::AttestationAdded => Voice::Silent,
        OperationChange::SuccessMetricRemoved
        | OperationChange::FallbackAdded
        | OperationChange::FallbackChanged
        | OperationChange::FallbackRemoved
        | OperationChange::MonitorRemoved
        | OperationChange::AlertAdded
        | OperationChange::AlertRemoved
        | OperationChange::AlertChanged
        | OperationChange::StageRaised
        | OperationChange::StageLowered
        | OperationChange::InFlightChanged
        | OperationChange::MigrationPlanChanged
        | OperationChange::AttestationRemoved => Voice::AsDeclared,
    }
}

pub(super) fn directory(kind: DirectoryChange) -> Voice {
    match kind {
        DirectoryChange::QueueAdded
        | DirectoryChange::SystemAdded
        | DirectoryChange::ServiceAccountAdded
        | DirectoryChange::ServiceOperationAdded
        | DirectoryChange::DirectoryEntryAdded
        | DirectoryChange::DirectoryEntryChanged
        | DirectoryChange::DecisionAdded
        | DirectoryChange::RotationQuickened => Voice::Silent,
        DirectoryChange::QueueRemoved
        | DirectoryChange::QueueRenamed
        | DirectoryChange::QueueKindChanged
        | DirectoryChange::PauseAdded
        | DirectoryChange::PauseRemoved
        | DirectoryChange::SystemRemoved
        | DirectoryChange::ServiceAccountRemoved
        | DirectoryChange::AccountScopeWidened
        | DirectoryChange::AccountScopeNarrowed
        | DirectoryChange::RotationSlowed
        | DirectoryChange::ServiceOperationRemoved
        | DirectoryChange::ServiceOperationChanged
        | DirectoryChange::RoleGranted
        | DirectoryChange::RoleRevoked
        | DirectoryChange::DirectoryEntryRemoved
        | DirectoryChange::CalendarShortened
        | DirectoryChange::CalendarExtended
        | DirectoryChange::CalendarChanged
        | DirectoryChange::DecisionRemoved
        | DirectoryChange::DecisionChanged => Voice::AsDeclared,
    }
}

pub(super) fn policy(kind: PolicyChange) -> Voice {
    match kind {
        PolicyChange::ScenarioAdded | PolicyChange::ScenarioChanged => Voice::Silent,
        PolicyChange::PolicyAdded
        | PolicyChange::PolicyRemoved
        | PolicyChange::LevelRaised
        | PolicyChange::LevelLowered
        | PolicyChange::RequirementAdded
        | PolicyChange::RequirementRemoved
        | PolicyChange::RequirementChanged
        | PolicyChange::ApprovalRuleAdded
        | PolicyChange::ApprovalRuleRemoved
        | PolicyChange::ApprovalRuleChanged
        | PolicyChange::LockAdded
        | PolicyChange::LockRemoved
        | PolicyChange::ApprovalEvidenceRaised
        | PolicyChange::ApprovalEvidenceLowered
        | PolicyChange::ScenarioRemoved
        | PolicyChange::ListChanged
        | PolicyChange::SeparationAdded
        | PolicyChange::SeparationRemoved
        | PolicyChange::SeparatedDutyAdded
        | PolicyChange::SeparatedDutyRemoved
        | PolicyChange::AcceptanceRuleAdded
        | PolicyChange::AcceptanceRuleRemoved
        | PolicyChange::BaselineNamed
        | PolicyChange::BaselineDropped
        | PolicyChange::ProjectSettingChanged => Voice::AsDeclared,
    }
}
