import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, Kind, parse, validate } from 'graphql';
import { breakingChanges, schemaText } from '../../src/graphql/emit-schema';
import { adloomSchema } from '../../src/graphql/schema';

const ROOT = path.resolve(__dirname, '..', '..');
const committed = readFileSync(path.join(ROOT, 'schema', 'schema.graphql'), 'utf8');
const OPERATIONS = path.join(ROOT, 'schema', 'operations');
const files = readdirSync(OPERATIONS).filter((name) => name.endsWith('.graphql'));
const read = (name: string) => parse(readFileSync(path.join(OPERATIONS, name), 'utf8'));

describe('the committed schema', () => {
  test('is the one the program has', () => {
    expect(committed).toBe(schemaText());
  });

  test('a change that breaks clients is found, one that does not is not', () => {
    expect(breakingChanges(committed)).toEqual([]);
    expect(breakingChanges(committed.replace('type Query {', 'type Query {\n  gone: String\n'))).toEqual(['Query.gone was removed.']);
    expect(breakingChanges(committed.replace(/^ {2}headline: String!$/m, '  headline: Int!'))).toHaveLength(1);
  });
});

test('every type, field, argument and enum value says what it is', () => {
  const silent: string[] = [];
  const look = (name: string, thing: { description?: string | null }): void => void (thing.description || silent.push(name));
  for (const type of Object.values(adloomSchema().getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field);
      for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
    }
  }
  expect(silent).toEqual([]);
});

test('every mutation takes one input and answers userErrors', () => {
  for (const field of Object.values(adloomSchema().getMutationType()!.getFields())) {
    expect([field.name, field.args.map((argument) => argument.name)]).toEqual([field.name, ['input']]);
    expect(String(field.type)).toMatch(/Payload!$/);
  }
});

describe('the example operations', () => {
  test.each(files)('%s is valid', (name) => {
    expect(validate(buildSchema(committed), read(name))).toEqual([]);
  });

  test('cover every root field', () => {
    const used = new Set<string>();
    for (const name of files) {
      for (const definition of read(name).definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        for (const selection of definition.selectionSet.selections) if (selection.kind === Kind.FIELD) used.add(selection.name.value);
      }
    }
    const schema = adloomSchema();
    const roots = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!].flatMap((type) => Object.keys(type.getFields()));
    expect([...used].toSorted()).toEqual(roots.toSorted());
  });
});
