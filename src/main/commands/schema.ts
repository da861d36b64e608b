import { readFileSync, writeFileSync } from 'node:fs';
import { badInput, messageOf } from '../../base/errors';
import { breakingChanges, schemaText } from '../../graphql/emit-schema';
import { EXIT } from '../exit-codes';
import { line, write } from '../shell';
import type { RegisterVerb } from './verb';

interface SchemaOptions {
  readonly output?: string;
  readonly check?: string;
  readonly json?: boolean;
}

export const registerSchema: RegisterVerb = (program, shell, finish) => {
  program
    .command('schema')
    .description('Print the GraphQL schema (SDL), or hold another one against it.')
    .option('--output <file>', 'write it to a file instead')
    .option('--check <file>', 'say what clients of the schema in this file would miss; exit code 1 when something')
    .option('--json', 'print as JSON: {"sdl"} or {"breaking"}')
    .action(async ({ output, check, json }: SchemaOptions) => {
      if (check !== undefined) {
        const breaking = breakingAgainst(readText(check), check);
        if (json) line(shell.stdout, JSON.stringify({ breaking }));
        else for (const each of breaking.length > 0 ? breaking : ['Nothing breaks.']) line(shell.stdout, each);
        finish(breaking.length > 0 ? EXIT.FAILED : EXIT.OK);
        return;
      }
      const text = json ? `${JSON.stringify({ sdl: schemaText() })}\n` : schemaText();
      if (output === undefined) await write(shell.stdout, text);
      else writeText(output, text);
      finish(EXIT.OK);
    });
};

function breakingAgainst(text: string, file: string): string[] {
  try {
    return breakingChanges(text);
  } catch (error) {
    throw badInput('--check', `${file} is no GraphQL schema: ${messageOf(error)}`, 'Give a file that `adloom schema` printed.');
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw badInput('--check', `The file cannot be read: ${messageOf(error)}.`);
  }
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw badInput('--output', `The file cannot be written: ${messageOf(error)}.`);
  }
}
