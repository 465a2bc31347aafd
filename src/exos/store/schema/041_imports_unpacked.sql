-- The same log packed and plain is one log: what a packed file unpacks to is told while it is read. Older rows say what `content` says.
-- `status` is by now: started; complete; failed (could not be read, nothing was stored); unchanged (the same as an earlier import);
-- forgetting and forgotten (its events were removed on request). One that stayed started was interrupted: some of its events may be there.
ALTER TABLE ${exos}.imports ${on_cluster}
    ADD COLUMN IF NOT EXISTS `unpacked` String DEFAULT content COMMENT 'SHA-256 of the unpacked file, in hex';
