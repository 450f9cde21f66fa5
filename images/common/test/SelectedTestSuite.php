<?php

use PHPUnit\Framework\TestSuite;

/**
 * The test files listed in the file that MWPIPE_TESTS names, one absolute path a line, in that order.
 */
class SelectedTestSuite extends TestSuite {
	public static function suite(): self {
		$suite = new self( 'selected' );
		$suite->addTestFiles( file( getenv( 'MWPIPE_TESTS' ), FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES ) );
		return $suite;
	}
}
