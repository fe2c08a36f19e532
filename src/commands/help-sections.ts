/** What the help of each command says of its own, loaded only when it is asked for. */
import { type CommandName, isAction } from './command-table.ts';
import type { HelpSection } from './help-text.ts';

export const sectionsOf = async (command: CommandName): Promise<readonly HelpSection[]> => {
  if (isAction(command)) return (await import('./act-help.ts')).actHelp(command);
  switch (command) {
    case 'demo':
      return (await import('./demo.ts')).demoHelp();
    case 'wait':
      return (await import('./wait-goal.ts')).waitHelp;
    case 'audit':
      return (await import('./audit-options.ts')).auditHelp;
    case 'logs':
      return (await import('./logs-words.ts')).logsHelp;
    case 'init':
      return (await import('./init.ts')).initHelp;
    case 'schema':
      return (await import('./schema.ts')).schemaHelp;
    case 'completion':
      return (await import('./completion.ts')).completionHelp;
    case 'watch':
    case 'status':
    case 'metrics':
    case 'doctor':
    case 'explain':
      return [];
    default:
      return command satisfies never;
  }
};
