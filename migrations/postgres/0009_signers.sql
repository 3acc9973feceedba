-- Who signed a set of rules here; null where the secretariat recorded what was signed on paper.

alter table rulebook_signature add column signer bytea;
