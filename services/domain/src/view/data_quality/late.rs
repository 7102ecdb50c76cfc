//! What was recorded long after it happened.

use jiff::civil::Date;

use crate::view::Sources;
use crate::view::learning_log::filter::{Filter, QuestionFilter};

/// How many reports, lessons, questions, answers and entries of the register were recorded late,
/// as far as the reader may see them.
pub(super) fn count(sources: &Sources<'_>, today: Date) -> usize {
    delivery(sources, today) + learning(sources) + register(sources)
}

fn delivery(sources: &Sources<'_>, today: Date) -> usize {
    let (project, form) = (sources.project, sources.form);
    let deliverables = sources.milestones.deliverables(project, form, today);
    let submissions = deliverables.iter().flat_map(|one| &one.submissions);
    let activities = sources.milestones.activities(project, form, today);
    let reports = activities.iter().flat_map(|one| &one.reports);
    let milestones = sources.milestones.milestones(project, form, today);
    let decisions = milestones.iter().flat_map(|one| &one.decisions);
    submissions.filter(|one| one.recorded_late).count()
        + reports.filter(|one| one.recorded_late).count()
        + decisions.filter(|one| one.recorded_late).count()
}

fn learning(sources: &Sources<'_>) -> usize {
    let reader = sources.reader.of_learning();
    let (every, all) = (Filter::default(), QuestionFilter::default());
    let lessons = sources.learning.lessons(reader, &every).map(|lesson| &lesson.entry);
    let questions = sources.learning.questions(reader, &all).flat_map(|question| {
        let answers = question.answers.iter().map(|answer| &answer.entry);
        std::iter::once(&question.entry).chain(answers)
    });
    lessons.chain(questions).filter(|entry| entry.is_recorded_late()).count()
}

fn register(sources: &Sources<'_>) -> usize {
    let register = sources.register;
    let risks = register.risks().into_iter().flat_map(|risk| {
        let assessments = risk.assessments.iter().map(|assessment| &assessment.entry);
        std::iter::once(&risk.entry).chain(assessments)
    });
    let issues = register.issues().flat_map(|issue| {
        let resolution = issue.resolution.iter().map(|resolution| &resolution.entry);
        std::iter::once(&issue.entry).chain(resolution)
    });
    let decisions = register.decisions().map(|decision| &decision.entry);
    let communications = register.communications().map(|communication| &communication.entry);
    let entries = risks.chain(issues).chain(decisions).chain(communications);
    entries.filter(|entry| entry.is_recorded_late()).count()
}
