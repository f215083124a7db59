import { useEffect, useRef, useState } from "react";
import { Collapse, Paper, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { RelativeTime } from "../shared/relative-time.tsx";
import { RequestPreview } from "../shared/request-preview.tsx";
import { ResponseView } from "../shared/response-view.tsx";
import { ToneBadge } from "../shared/status-badge.tsx";
import { LateLoader } from "../shared/late-loader.tsx";
import { duration } from "../shared/format-time.ts";
import { outcomeWords } from "./test-outcome.ts";
import type { TestOutcome, TestRun } from "./test-outcome.ts";
import classes from "./test-page.module.css";

export interface RunPanelProps {
  /** The newest first. */
  readonly runs: readonly TestRun[];
  readonly isSending: boolean;
}

/** What the target answered to the test that is looked at, and all tests of this visit. */
export function RunPanel({ runs, isSending }: RunPanelProps) {
  // An older test stays chosen until the next one comes.
  const [choice, setChoice] = useState({ number: 0, among: 0 });
  const [newest] = runs;
  const run = runs.find(({ number }) => choice.among === runs.length && number === choice.number) ?? newest;
  // The answer stands below the request, which may be long.
  const answer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (runs.length > 0 && !isSending) answer.current?.scrollIntoView({ block: "nearest" });
  }, [runs.length, isSending]);
  return (
    <>
      <Paper component="section" ref={answer} aria-labelledby="answer-heading" p="md">
        <Title order={2} id="answer-heading" mb="sm">
          Answer
        </Title>
        <div aria-live="polite" aria-busy={isSending}>
          {isSending && <LateLoader label="Waiting for the target …" />}
          {!isSending && run === undefined && (
            <Text c="dimmed" size="sm">
              Nothing is sent yet. Send the message, and the target’s answer appears here.
            </Text>
          )}
          {!isSending && run !== undefined && <Run run={run} isNewest={run === newest} />}
        </div>
      </Paper>
      {runs.length > 0 && (
        <Paper component="section" aria-labelledby="history-heading" p="md">
          <Title order={2} id="history-heading" mb="xs">
            Tests of this visit
          </Title>
          <ol className={classes["history"]} reversed>
            {runs.map((one) => (
              <li key={one.number}>
                <UnstyledButton
                  className={classes["entry"] ?? ""}
                  aria-pressed={one === run}
                  onClick={() => setChoice({ number: one.number, among: runs.length })}
                >
                  <Text component="span" size="sm" c="dimmed">
                    {one.number}
                  </Text>
                  <span>
                    <Outcome outcome={one.outcome} />
                  </span>
                  <Text component="span" size="sm" c="dimmed">
                    <RelativeTime at={one.at} />
                  </Text>
                </UnstyledButton>
              </li>
            ))}
          </ol>
        </Paper>
      )}
    </>
  );
}

function Run({ run, isNewest }: { readonly run: TestRun; readonly isNewest: boolean }) {
  const { outcome, request } = run;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" component="div">
        Test {run.number}, <RelativeTime at={run.at} />, took {duration(run.tookMs)}
      </Text>
      {outcome.kind === "unanswered" && (
        <div>
          <Outcome outcome={outcome} />
        </div>
      )}
      {outcome.kind !== "accepted" && (
        <Text>
          {outcome.kind === "unanswered" ? `${outcome.problem.message}. ` : ""}
          {outcome.problem.description}
        </Text>
      )}
      {outcome.kind !== "unanswered" && <ResponseView response={outcome.response} />}
      {!isNewest && request !== undefined && <Sent run={run} />}
    </Stack>
  );
}

function Sent({ run: { request } }: { readonly run: TestRun }) {
  const [isOpen, setOpen] = useState(false);
  if (request === undefined) return null;
  return (
    <div>
      <UnstyledButton className={classes["toggle"] ?? ""} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? "Hide the request of this test" : "Show the request of this test"}
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <RequestPreview request={request} />
      </Collapse>
    </div>
  );
}

function Outcome({ outcome }: { readonly outcome: TestOutcome }) {
  const isGood = outcome.kind === "accepted";
  return (
    <ToneBadge tone={isGood ? "good" : "bad"}>
      {isGood ? <IconCircleCheck size={14} aria-hidden /> : <IconCircleX size={14} aria-hidden />}
      {outcomeWords(outcome)}
    </ToneBadge>
  );
}
