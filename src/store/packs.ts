export { findPack, listPacks } from './packs/read.ts';
export { savePack, type NewPack } from './packs/save.ts';
export { currentRevisions, listDigests, removeRevisions } from './packs/revisions.ts';
export { findArchive, readArchive, type StoredArchive } from './packs/archive.ts';
