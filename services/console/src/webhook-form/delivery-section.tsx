import { useState } from "react";
import { NumberInput, SimpleGrid, Stack, Switch, Textarea } from "@mantine/core";
import { MONO_INPUT } from "../shared/mono-input.ts";
import { FIELD_LABELS } from "./field-problems.ts";
import { fieldId, textField } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";
import classes from "./delivery-section.module.css";

/** Whether and how fast batches are sent. */
export function DeliverySection({ part }: { readonly part: FormPart }) {
  const { values, set, problemAt } = part;
  // Not closed again in front of somebody who empties a field in it.
  const [isOpenAtFirst] = useState(() => isSet(part));
  return (
    <FormSection title="Delivery">
      <Switch
        id={fieldId("active")}
        label={FIELD_LABELS.active}
        description="Switched off, it gets no new events, and what waits is not tried and expires."
        checked={values.active}
        onChange={(event) => set("active", event.currentTarget.checked)}
        error={problemAt("active")}
      />
      <Switch
        id={fieldId("paused")}
        label={FIELD_LABELS.paused}
        description="Events are kept in batches, and none is sent until it is resumed."
        checked={values.paused}
        onChange={(event) => set("paused", event.currentTarget.checked)}
        error={problemAt("paused")}
      />
      <details className={classes["advanced"]} open={isOpenAtFirst}>
        <summary>Advanced</summary>
        <Stack gap="md" pt="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NumberInput
              id={fieldId("concurrency")}
              label={`${FIELD_LABELS.concurrency} (optional)`}
              description="How many batches may be on their way at once."
              placeholder="As Posthorn is configured"
              allowDecimal={false}
              allowNegative={false}
              value={values.concurrency}
              onChange={(value) => set("concurrency", value)}
              error={problemAt("concurrency")}
            />
            <NumberInput
              id={fieldId("rateLimit")}
              label={`${FIELD_LABELS.rateLimit} (optional)`}
              description="They are spread evenly over the minute."
              placeholder="Unlimited"
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=","
              value={values.rateLimit}
              onChange={(value) => set("rateLimit", value)}
              error={problemAt("rateLimit")}
            />
          </SimpleGrid>
          <Textarea
            {...textField(part, "tlsCa")}
            label={`${FIELD_LABELS.tlsCa} (optional)`}
            description="Certificates in PEM form that the target’s certificate is checked against, in the place of the usual ones: for a target with a certificate of your own authority."
            placeholder="-----BEGIN CERTIFICATE-----"
            autosize
            minRows={3}
            maxRows={12}
            spellCheck={false}
            styles={MONO_INPUT}
          />
        </Stack>
      </details>
    </FormSection>
  );
}

function isSet({ values }: FormPart): boolean {
  return values.concurrency !== "" || values.rateLimit !== "" || values.tlsCa !== "";
}
