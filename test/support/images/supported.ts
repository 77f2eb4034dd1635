import type { Recipe } from './recipe.ts';

/** An image in which the agent is proven to work, by test/e2e/containers. README's table is made of these. */
export interface SupportedImage {
  /** As a registry knows it; one that none can know is always made here. */
  readonly name: string;
  readonly description: string;
  /** What is tested where no registry can be reached. */
  readonly standIn: Recipe;
  /** The runtimes that the agent finds in the image and in its stand-in, and of each of which an action is run. */
  readonly runtimes: readonly string[];
}

/** Each has more than its own language: Debian's smallest image has a shell and Perl. */
const debian = ['native', 'perl', 'shell'] as const;

/** Those that come with the agent are everywhere; it is here that nothing could help them. */
const ofAgent = ['javascript', 'wasm'] as const;

export const supportedImages: readonly SupportedImage[] = [
  {
    name: 'debian:bullseye-slim',
    description: 'Debian 11',
    standIn: { root: 'bullseye' },
    runtimes: [...debian],
  },
  {
    name: 'debian:bookworm-slim',
    description: 'Debian 12',
    standIn: { root: 'bookworm' },
    runtimes: [...debian],
  },
  {
    name: 'debian:trixie-slim',
    description: 'Debian 13',
    standIn: { root: 'trixie' },
    runtimes: [...debian],
  },
  {
    name: 'python:3.12-slim',
    description: 'Python',
    standIn: { root: 'bookworm', packages: ['python3', 'python3-venv'] },
    runtimes: ['python', ...debian],
  },
  {
    name: 'ruby:3.3-slim',
    description: 'Ruby',
    standIn: { root: 'bookworm', packages: ['ruby'] },
    runtimes: ['ruby', ...debian],
  },
  {
    name: 'node:22-slim',
    description: 'Node.js',
    standIn: { root: 'bookworm', packages: ['nodejs'] },
    runtimes: ['node', ...debian],
  },
  {
    name: 'perl:5-slim',
    description: 'Perl',
    standIn: { root: 'bookworm', packages: ['perl'] },
    runtimes: [...debian],
  },
  {
    name: 'eclipse-temurin:21-jdk',
    description: 'Java',
    standIn: { root: 'bookworm', packages: ['default-jdk-headless'] },
    runtimes: ['java', ...debian],
  },
  {
    name: 'r-base:4.4.3',
    description: 'R',
    standIn: { root: 'bookworm', packages: ['r-base-core'] },
    runtimes: ['r', ...debian],
  },
  {
    name: 'golang:1.24-bookworm',
    description: 'Go',
    standIn: { root: 'bookworm', packages: ['golang-go'] },
    runtimes: ['go', ...debian],
  },
  {
    name: 'nikolaik/python-nodejs:python3.12-nodejs22-slim',
    description: 'several languages',
    standIn: { root: 'bookworm', packages: ['python3', 'nodejs', 'ruby'] },
    runtimes: ['node', 'python', ...debian],
  },
  {
    name: 'debian:bookworm-slim with php-cli, lua5.4, tcl and elixir',
    description: 'more languages',
    standIn: { root: 'bookworm', packages: ['php-cli', 'lua5.4', 'tcl', 'elixir'] },
    runtimes: ['elixir', 'lua', 'php', 'tcl', ...debian],
  },
  {
    name: 'alpine:3.20',
    description: 'musl and busybox',
    standIn: { file: 'alpine' },
    runtimes: ['native', 'shell', ...ofAgent],
  },
  {
    name: 'busybox:1.36',
    description: 'busybox alone',
    standIn: { file: 'busybox' },
    runtimes: ['native', 'shell'],
  },
  {
    name: 'gcr.io/distroless/python3-debian12',
    description: 'an interpreter, no shell',
    standIn: { file: 'distroless' },
    runtimes: ['native', 'python'],
  },
  {
    name: 'scratch',
    description: 'nothing at all',
    standIn: { file: 'scratch' },
    runtimes: ['native', ...ofAgent],
  },
];

/** @throws where no image has the name */
export function supportedImage(name: string): SupportedImage {
  const found = supportedImages.find((image) => image.name === name);
  if (found === undefined) throw new Error(`${name} is not supported`);
  return found;
}
