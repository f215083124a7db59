import { Checkbox, Text } from "@mantine/core";
import { chosenShare } from "../catalogue/event-groups.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import classes from "./event-group-choice.module.css";

export interface EventGroupChoiceProps {
  /** With the types that are shown: the group's box chooses these. */
  readonly group: EventGroup;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (types: readonly string[], isChosen: boolean) => void;
}

/** The types of one group, each with its description, and a box for all of them. */
export function EventGroupChoice({ group, chosen, onChoose }: EventGroupChoiceProps) {
  const share = chosenShare(group.types, chosen);
  const types = group.types.map(({ type }) => type);
  return (
    <fieldset className={classes["group"]}>
      <legend className={classes["legend"]}>
        <Checkbox
          label={group.title}
          checked={share === "all"}
          indeterminate={share === "some"}
          onChange={() => onChoose(types, share !== "all")}
          classNames={{ label: classes["title"] ?? "" }}
        />
      </legend>
      <Text size="xs" c="dimmed" mb="xs">
        {group.description}
      </Text>
      <div className={classes["types"]}>
        {group.types.map(({ type, title, description }) => (
          <Checkbox
            key={type}
            size="xs"
            label={title}
            description={description}
            checked={chosen.has(type)}
            onChange={(event) => onChoose([type], event.currentTarget.checked)}
          />
        ))}
      </div>
    </fieldset>
  );
}
