import type { Recipe } from './recipe.ts';

interface ServerImage {
  readonly name: string;
  readonly standIn: Recipe;
}

/** What the containers of the control plane are made of, besides our own image. Each stand-in knows the variables that compose.yml sets. */
export const serverImages = {
  postgres: { name: 'postgres:17-alpine', standIn: { file: 'postgres' } },
  rabbitmq: { name: 'rabbitmq:4-management-alpine', standIn: { file: 'rabbitmq' } },
} as const satisfies Readonly<Record<string, ServerImage>>;
