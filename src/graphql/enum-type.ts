import { registerEnumType } from 'type-graphql';

/** Makes a GraphQL enum of a list of names; every value has to be described. */
export function enumType<Name extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Name>> {
  const names = Object.fromEntries(Object.keys(values).map((value) => [value, value])) as Record<Name, Name>;
  registerEnumType(names, {
    name,
    description,
    valuesConfig: Object.fromEntries(
      (Object.entries(values) as [Name, string][]).map(([value, text]) => [value, { description: text }]),
    ) as Record<Name, { description: string }>,
  });
  return names;
}
