BEGIN TRANSACTION;
CREATE TABLE blob (
	digest TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE generation (
	ordinal INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	record TEXT NOT NULL, 
	role TEXT NOT NULL, 
	added TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	UNIQUE (name), 
	UNIQUE (digest)
);
INSERT INTO "generation" VALUES(1,'g0','sha256:0b2e347b6ed4e5395dc850d8a8682e7b27f7332e0f6343ddfc44f35daec2f4ae','{"name":"g0","parents":[],"role":"candidate"}','candidate','2026-11-23T02:41:22.381+00:00');
CREATE TABLE generation_parent (
	child TEXT NOT NULL, 
	parent TEXT NOT NULL, 
	PRIMARY KEY (child, parent), 
	FOREIGN KEY(child) REFERENCES generation (name)
);
CREATE TABLE key_revocation (
	ordinal INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	principal TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	revoked TEXT NOT NULL, 
	compromised_since TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	FOREIGN KEY("key") REFERENCES principal_key (id), 
	FOREIGN KEY("by") REFERENCES principal_key (id)
);
INSERT INTO "key_revocation" VALUES(1,'fc0d57d08c18d5cb','ana','lost','2026-11-23T02:41:22.369+00:00','','bacf2f706ba6da69','oXAOkuAsgv67c2L4wCZGRd2wrOzl3c+qP/qf1Nf3sZMncTMZP8K/wKRWU6H9et69uQxOBKc6qvDy6FkZuBG1BQ==');
CREATE TABLE label (
	ordinal INTEGER NOT NULL, 
	"set" TEXT NOT NULL, 
	item INTEGER NOT NULL, 
	text_digest TEXT NOT NULL, 
	reviewer TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	made TEXT NOT NULL, 
	seconds FLOAT NOT NULL, 
	signer TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	FOREIGN KEY("set") REFERENCES label_set (digest), 
	FOREIGN KEY("key") REFERENCES principal_key (id)
);
CREATE TABLE label_item (
	"set" TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	text_digest TEXT NOT NULL, 
	tokens INTEGER NOT NULL, 
	truth TEXT, 
	stratum TEXT NOT NULL, 
	inclusion FLOAT NOT NULL, 
	score FLOAT, 
	wanted INTEGER NOT NULL, 
	PRIMARY KEY ("set", number), 
	FOREIGN KEY("set") REFERENCES label_set (digest)
);
CREATE TABLE label_lease (
	"set" TEXT NOT NULL, 
	item INTEGER NOT NULL, 
	reviewer TEXT NOT NULL, 
	until FLOAT NOT NULL, 
	PRIMARY KEY ("set", item, reviewer), 
	FOREIGN KEY("set") REFERENCES label_set (digest)
);
CREATE TABLE label_set (
	digest TEXT NOT NULL, 
	name TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	made TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	PRIMARY KEY (digest), 
	UNIQUE (name), 
	FOREIGN KEY("key") REFERENCES principal_key (id)
);
CREATE TABLE part (
	run TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	result TEXT NOT NULL, 
	finished TEXT NOT NULL, 
	PRIMARY KEY (run, ordinal), 
	FOREIGN KEY(run) REFERENCES run (id)
);
CREATE TABLE principal (
	name TEXT NOT NULL, 
	added TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "principal" VALUES('ana','2026-11-23T02:41:22.358+00:00');
INSERT INTO "principal" VALUES('bob','2026-11-23T02:41:22.363+00:00');
CREATE TABLE principal_key (
	id TEXT NOT NULL, 
	principal TEXT NOT NULL, 
	public TEXT NOT NULL, 
	added TEXT NOT NULL, 
	endorser TEXT, 
	endorsement TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(principal) REFERENCES principal (name)
);
INSERT INTO "principal_key" VALUES('bacf2f706ba6da69','ana','ed25519:SxtkHdUzSnq0Ckm0kq/N8cxE7zZwO9evH0o7A3MeUs8=','2026-11-23T02:41:22.357+00:00',NULL,NULL);
INSERT INTO "principal_key" VALUES('13e4e2481fbd5584','bob','p256:A7Haa6Mecf//zh/PUaMAHD1xzjbAIoG0kpeYmW1y4UMl','2026-11-23T02:41:22.363+00:00','bacf2f706ba6da69','tgBhwb+Ampcx3mAGGhj/xAONvdHXfB6Ruk8eejnaBBYoLsf3De6TWgvNEiq+jhN5wYDQUIq6uFLg9XneLwigDA==');
INSERT INTO "principal_key" VALUES('fc0d57d08c18d5cb','ana','ed25519:ulSvR7cshYa2UzFu2RrBoWburc3C2L+6ZHiotVnzGa8=','2026-11-23T02:41:22.366+00:00','bacf2f706ba6da69','xYqiMLjQgg5qqqh1Vf5rJrcNW63+61vCc3LCngKDax2HD6m25qBe9nZoSkv8b9Ch66LtFc8wlk3mQd6AU7MGAQ==');
CREATE TABLE provenance_record (
	ordinal INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	name TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	record TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	added TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	UNIQUE (digest)
);
INSERT INTO "provenance_record" VALUES(1,'sha256:71f034aca42dda6a80fbad688c2c2795012d098b312a4dc90e31969ddf56c99a','crawl','sha256:abababababababababababababababababababababababababababababababab','{"schema":"outcross.provenance/1","subject":{"digest":"sha256:abababababababababababababababababababababababababababababababab","name":"crawl"}}','ana','2026-11-23T02:41:22.374+00:00');
CREATE TABLE provenance_statement (
	ordinal INTEGER NOT NULL, 
	subject TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	data BLOB NOT NULL, 
	added TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	UNIQUE (subject, digest)
);
INSERT INTO "provenance_statement" VALUES(1,'sha256:abababababababababababababababababababababababababababababababab','record','sha256:22faa0df107beb5ba68a18c480ec75066cbd8af74238e2dafaeeae3e5d4c272f',X'7B227061796C6F6164223A22227D','2026-11-23T02:41:22.378+00:00');
CREATE TABLE reading (
	settings TEXT NOT NULL, 
	baseline TEXT NOT NULL, 
	generation TEXT NOT NULL, 
	record TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (settings, baseline, generation)
);
CREATE TABLE run (
	id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started TEXT NOT NULL, 
	ended TEXT, 
	audit TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "setting" VALUES('version','4');
CREATE INDEX ix_run_key ON run ("key");
CREATE INDEX ix_provenance_record_name ON provenance_record (name);
CREATE INDEX ix_provenance_record_subject ON provenance_record (subject);
CREATE INDEX ix_provenance_statement_subject ON provenance_statement (subject);
CREATE INDEX ix_principal_key_principal ON principal_key (principal);
CREATE INDEX ix_key_revocation_key ON key_revocation ("key");
CREATE INDEX ix_label_set ON label ("set");
COMMIT;
