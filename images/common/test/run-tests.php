<?php
/**
 * One shard: MediaWiki starts once, and each listed test file runs in a process forked from there, with the database and
 * the caches of the snapshot. What one file leaves behind (globals, tables, processes, a crash) is gone before the next.
 *
 *   MWPIPE_TESTS         file with one test file a line; those that aren't there are passed over, as on a parent
 *   MWPIPE_JUNIT         where the JUnit XML of all goes
 *   MWPIPE_RECORD        where it is written which files each test file executed; unset: it isn't
 *   MWPIPE_FILE_SECONDS  longest that one file may take
 */
// What /usr/bin/phpunit does before it starts.
if ( !ini_get( 'date.timezone' ) ) {
	ini_set( 'date.timezone', 'UTC' );
}
define( 'PHPUNIT_COMPOSER_INSTALL', 'PHPUnit/Autoload.php' );
require PHPUNIT_COMPOSER_INSTALL;
require __DIR__ . '/MwpipeForks.php';
require __DIR__ . '/MwpipeRecord.php';

$record = MwpipeRecord::open( getenv( 'MWPIPE_RECORD' ) ?: null );
$forks = new MwpipeForks( (int)( getenv( 'MWPIPE_FILE_SECONDS' ) ?: 600 ), $record );
$files = array_filter( file( getenv( 'MWPIPE_TESTS' ), FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES ), 'is_file' );

$forks->restore();
$record->startBoot();
PHPUnit\Util\FileLoader::checkAndLoad( '/srv/mediawiki/tests/phpunit/bootstrap.php' );
$record->endBoot();

foreach ( array_values( $files ) as $number => $file ) {
	$forks->run( $number, $file );
}
$forks->writeJunit( getenv( 'MWPIPE_JUNIT' ) );
exit( $forks->failed ? 1 : 0 );
