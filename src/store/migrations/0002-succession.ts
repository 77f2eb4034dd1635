/** Workers that go on where others died. */
export const succession = /* sql */ `
-- Who went on with the attempts of this worker, whose agent died. It took all that had begun: what is left here never began.
ALTER TABLE worker ADD COLUMN successor bigint;
`;
