-- Satisfação, cada pergunta em sua própria escala
-- Satisfaction in the last twelve months, each question by its own scale: answers of different types cannot be
-- compared or averaged together, and in types 1 and 4 the good answer is 1. The score is, by type:
-- 1 percent satisfied, 2 mean of 1 to 5, 3 NPS (percent of promoters less percent of detractors), 4 percent yes.
WITH scale (type, position, value, answer, tone) AS (
    VALUES
        (1, 1, 2, 'insatisfeito', -1), (1, 2, 1, 'satisfeito', 1),
        (2, 1, 1, 'muito insatisfeito', -1), (2, 2, 2, 'insatisfeito', -1), (2, 3, 3, 'neutro', 0),
        (2, 4, 4, 'satisfeito', 1), (2, 5, 5, 'muito satisfeito', 1),
        (4, 1, 2, 'não', -1), (4, 2, 1, 'sim', 1)
    UNION ALL
    SELECT 3, value, value, value::VARCHAR, CASE WHEN value <= 6 THEN -1 WHEN value <= 8 THEN 0 ELSE 1 END
    FROM (SELECT unnest(range(11)) AS value)
),
texts AS (
    SELECT
        questionId,
        coalesce(max(description) FILTER (cultureId = 'pt-BR'), min(description)) AS question
    FROM survey_question_languages
    GROUP BY questionId
),
answers AS (
    SELECT questionId, type, value, count(*) AS answers
    FROM survey_responses
    WHERE value IS NOT NULL AND responseDate >= (now() AT TIME ZONE 'UTC') - INTERVAL 12 MONTH
    GROUP BY questionId, type, value
),
asked AS (
    SELECT DISTINCT questionId, type FROM answers
),
counted AS (
    SELECT
        asked.questionId,
        scale.*,
        coalesce(answers.answers, 0) AS answers,
        sum(coalesce(answers.answers, 0)) OVER whole AS total,
        sum(answers.answers * tone) OVER whole AS balance,
        sum(answers.answers) FILTER (tone = 1) OVER whole AS good,
        sum(answers.answers * scale.value) OVER whole AS points
    FROM asked
    JOIN scale ON scale.type = asked.type
    LEFT JOIN answers
        ON answers.questionId = asked.questionId AND answers.type = asked.type AND answers.value = scale.value
    WINDOW whole AS (PARTITION BY asked.questionId, asked.type)
)
SELECT
    counted.questionId AS question_id,
    coalesce(texts.question, counted.questionId) AS question,
    counted.type,
    CASE counted.type
        WHEN 2 THEN points / total
        WHEN 3 THEN 100.0 * balance / total
        ELSE 100.0 * coalesce(good, 0) / total
    END AS score,
    total::BIGINT AS total,
    counted.position,
    counted.value,
    counted.answer,
    counted.tone,
    counted.answers
FROM counted
LEFT JOIN texts ON texts.questionId = counted.questionId
WHERE total > 0
ORDER BY counted.type, question_id, counted.position;
