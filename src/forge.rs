//! The reviews of a change, as the interfaces of forges give them.

use jiff::civil::Date;
use serde::Deserialize;

/// A review that approves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The account at the forge.
    pub account: String,
    /// The commit that was reviewed; absent where the forge does not say.
    pub commit: Option<String>,
    /// The day, where the forge says it.
    pub date: Option<Date>,
    /// Where it is recorded, as `GitHub review 80`.
    pub record: String,
}

#[derive(Deserialize)]
struct GitHubReview {
    id: u64,
    user: Option<GitHubUser>,
    state: String,
    commit_id: Option<String>,
    submitted_at: Option<String>,
}

#[derive(Deserialize)]
struct GitHubUser {
    login: String,
}

#[derive(Deserialize)]
struct GitLabApprovals {
    iid: Option<u64>,
    sha: Option<String>,
    approved_by: Vec<GitLabApproval>,
}

#[derive(Deserialize)]
struct GitLabApproval {
    user: GitLabUser,
    approved_at: Option<String>,
}

#[derive(Deserialize)]
struct GitLabUser {
    username: String,
}

/// The approvals in what GitHub answers to `GET /repos/{owner}/{repo}/pulls/{number}/reviews`: the
/// last word of everybody, comments aside.
///
/// # Errors
/// When it is not that, in one sentence.
pub fn github(text: &str) -> Result<Vec<Review>, String> {
    let reviews: Vec<GitHubReview> = serde_json::from_str(text)
        .map_err(|error| format!("this is no list of reviews of GitHub: {error}"))?;
    let mut last: Vec<(String, Option<Review>)> = Vec::new();
    for review in reviews {
        let Some(user) = review.user else {
            continue;
        };
        let approves = match review.state.to_ascii_uppercase().as_str() {
            "APPROVED" => true,
            "CHANGES_REQUESTED" | "DISMISSED" => false,
            _ => continue,
        };
        last.retain(|(account, _)| *account != user.login);
        let found = approves.then(|| Review {
            account: user.login.clone(),
            commit: review.commit_id,
            date: day(review.submitted_at.as_deref()),
            record: format!("GitHub review {}", review.id),
        });
        last.push((user.login, found));
    }
    Ok(last.into_iter().filter_map(|(_, review)| review).collect())
}

/// The approvals in what GitLab answers to `GET /projects/{id}/merge_requests/{iid}/approvals`. It
/// does not say which commit was approved.
///
/// # Errors
/// When it is not that, in one sentence.
pub fn gitlab(text: &str) -> Result<Vec<Review>, String> {
    let approvals: GitLabApprovals = serde_json::from_str(text)
        .map_err(|error| format!("these are no approvals of GitLab: {error}"))?;
    let number = approvals
        .iid
        .map_or_else(String::new, |iid| format!(" !{iid}"));
    let reviews = approvals.approved_by.into_iter().map(|approval| Review {
        account: approval.user.username,
        commit: approvals.sha.clone(),
        date: day(approval.approved_at.as_deref()),
        record: format!("GitLab approval{number}"),
    });
    Ok(reviews.collect())
}

/// The day of an instant as forges write it.
fn day(instant: Option<&str>) -> Option<Date> {
    instant?.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{github, gitlab};

    #[test]
    fn the_last_word_counts_and_a_comment_is_none() {
        let review = |id: u32, login: &str, state: &str| {
            format!(
                r#"{{"id": {id}, "user": {{"login": "{login}"}}, "state": "{state}",
                "commit_id": "ab{id}", "submitted_at": "2026-11-20T10:00:00Z", "body": ""}}"#
            )
        };
        let text = format!(
            "[{}]",
            [
                review(1, "dana", "APPROVED"),
                review(2, "lee", "APPROVED"),
                review(3, "dana", "COMMENTED"),
                review(4, "lee", "CHANGES_REQUESTED"),
                review(5, "omar", "CHANGES_REQUESTED"),
                review(6, "omar", "APPROVED"),
                review(7, "kim", "DISMISSED"),
            ]
            .join(",")
        );
        let found = github(&text).unwrap();
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|review| (review.account.as_str(), review.record.as_str()))
            .collect();
        assert_eq!(
            found,
            [("dana", "GitHub review 1"), ("omar", "GitHub review 6")]
        );
    }

    #[test]
    fn a_deleted_account_approves_nothing() {
        let text = r#"[{"id": 1, "user": null, "state": "APPROVED", "commit_id": null}]"#;
        assert_eq!(github(text), Ok(Vec::new()));
    }

    #[test]
    fn gitlab_names_people_but_no_commit() {
        let text = r#"{"id": 5, "iid": 7, "approved_by": [
            {"user": {"id": 1, "username": "dana", "name": "Dana"}, "approved_at": "2026-11-20T08:00:00.000Z"}]}"#;
        let found = gitlab(text).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].account, "dana");
        assert_eq!(found[0].commit, None);
        assert_eq!(found[0].record, "GitLab approval !7");
        assert_eq!(found[0].date.unwrap().to_string(), "2026-11-20");
    }

    #[test]
    fn something_else_is_refused_in_words() {
        assert!(
            github("{}")
                .unwrap_err()
                .starts_with("this is no list of reviews")
        );
        assert!(
            gitlab("[]")
                .unwrap_err()
                .starts_with("these are no approvals")
        );
    }
}
