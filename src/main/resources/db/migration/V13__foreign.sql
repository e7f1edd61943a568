-- Live downloads that no request of ours made, as the lists of watched clusters show them: they take
-- up room as well. What is not watched any more is not known any more.
create table foreign_download (
    job_id text collate "C" primary key,
    project_id text collate "C" not null,
    cluster_name text collate "C" not null,
    snapshot_id text collate "C"
);

create index foreign_download_place on foreign_download (project_id, cluster_name);
