<?php

use PHPUnit\Framework\TestSuite;

/**
 * The one test file that MWPIPE_TEST names.
 */
class SelectedTestSuite extends TestSuite {
	public static function suite(): self {
		$suite = new self( 'selected' );
		$suite->addTestFile( getenv( 'MWPIPE_TEST' ) );
		return $suite;
	}
}
