import { Group, Text } from "@mantine/core";
import logo from "../app/posthorn.svg";

export function Brand() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src={logo} alt="" width={26} height={26} />
      <Text fw={650} size="lg" component="span">
        Posthorn
      </Text>
    </Group>
  );
}
